'use strict';
// Stands in for the closed plugin of this name: an id is a key that expires unless its process renews it.
const { randomUUID } = require('crypto');
const { Plugin } = require('@nocobase/server');
const { open, close } = require('./connection');

const IDS = 32;
const LEASE_MS = 60000;
const RENEWAL_MS = 20000;
const RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0";

class RedisWorkerIds {
  constructor(app) {
    this.app = app;
    this.token = randomUUID();
  }

  async getWorkerId() {
    this.client ??= await open(this.app, process.env.REDIS_URL);
    for (let id = 0; id < IDS; id += 1) {
      if ((await this.client.set(`main:worker-id:${id}`, this.token, { NX: true, PX: LEASE_MS })) === 'OK') {
        this.hold(id);
        return id;
      }
    }
    throw new Error('no worker id is free');
  }

  hold(id) {
    clearInterval(this.timer);
    const lease = { keys: [`main:worker-id:${id}`], arguments: [this.token, String(LEASE_MS)] };
    this.timer = setInterval(() => this.client.eval(RENEW, lease).catch((error) => this.app.logger.warn(error.message)), RENEWAL_MS);
    this.timer.unref();
  }

  async release() {
    // the key ends by itself: a new id is cheaper than one that two processes hold
    clearInterval(this.timer);
    await close(this.client);
    this.client = undefined;
  }
}

module.exports.__esModule = true;
module.exports.default = class extends Plugin {
  // before the application asks for its id; beforeLoad() of a plugin comes after that
  async afterAdd() {
    this.app.workerIdAllocator.setAdapter(new RedisWorkerIds(this.app));
  }
};
