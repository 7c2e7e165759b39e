'use strict';
// Stands in for the closed plugin of this name: a lock is a key that expires, and only who holds its token renews or removes it.
const { randomUUID } = require('crypto');
const { Plugin } = require('@nocobase/server');
const { LockAbortError, LockAcquireError } = require('@nocobase/lock-manager');
const { open, close } = require('./connection');

const held = (command) => `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call(${command}) end return 0`;
const RELEASE = held("'del', KEYS[1]");
const EXTEND = held("'pexpire', KEYS[1], ARGV[2]");
const RETRY_MS = 50;
const RESERVED_MS = 30000;

class RedisLockAdapter {
  constructor({ app }) {
    this.app = app;
  }

  async connect() {
    this.client = await open(this.app, process.env.LOCK_ADAPTER_REDIS_URL);
  }

  async close() {
    await close(this.client);
  }

  run(script, key, ...words) {
    return this.client.eval(script, { keys: [`main:lock:${key}`], arguments: words.map(String) });
  }

  async take(key, ttl, patience = Infinity) {
    const token = randomUUID();
    const end = Date.now() + patience;
    while ((await this.client.set(`main:lock:${key}`, token, { NX: true, PX: ttl })) !== 'OK') {
      if (Date.now() >= end) {
        throw new LockAcquireError('lock is locked');
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return token;
  }

  async acquire(key, ttl) {
    const token = await this.take(key, ttl);
    return () => this.run(RELEASE, key, token);
  }

  async runExclusive(key, work, ttl) {
    const release = await this.acquire(key, ttl);
    try {
      return await work();
    } catch (error) {
      throw error.name === 'AbortError' ? new LockAbortError('Lock aborted', { cause: error }) : error;
    } finally {
      await release();
    }
  }

  async tryAcquire(key, timeout = 0) {
    let token = await this.take(key, RESERVED_MS, timeout);
    const release = () => this.run(RELEASE, key, token);
    const extend = async (ttl) => {
      if (!(await this.run(EXTEND, key, token, ttl))) {
        throw new LockAcquireError('lock is not active');
      }
    };
    const acquire = async (ttl) => {
      if (!(await this.run(EXTEND, key, token, ttl))) {
        token = await this.take(key, ttl);
      }
      return release;
    };
    const runExclusive = async (work, ttl) => {
      await acquire(ttl);
      try {
        return await work();
      } finally {
        await release();
      }
    };
    return { acquire, extend, release, runExclusive };
  }
}

module.exports.__esModule = true;
module.exports.default = class extends Plugin {
  async beforeLoad() {
    this.app.lockManager.registerAdapter('redis', { Adapter: RedisLockAdapter, options: { app: this.app } });
    if (process.env.LOCK_ADAPTER_DEFAULT === 'redis') {
      // connected before the first lock is wanted: `nbcluster verify` counts connections
      this.app.on('afterStart', () => this.app.lockManager.getAdapter());
    }
  }
};
