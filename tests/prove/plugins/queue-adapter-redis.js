'use strict';
// Stands in for the closed plugin of this name: a list for each channel. A message lies in a second list while it is worked on.
const { randomUUID } = require('crypto');
const { Plugin } = require('@nocobase/server');
const { open, close } = require('./connection');

const INTERVAL_MS = 250;
const TIMEOUT_MS = 15000;
const RETRY_MS = 500;

class RedisQueueAdapter {
  constructor(app) {
    this.app = app;
    this.events = new Map();
    this.working = new Map();
  }

  isConnected() {
    return Boolean(this.client?.isOpen);
  }

  async connect() {
    if (this.isConnected()) {
      return;
    }
    this.client = await open(this.app, process.env.QUEUE_ADAPTER_REDIS_URL);
    this.look();
  }

  async close() {
    clearTimeout(this.timer);
    await Promise.allSettled([...this.working.values()].flatMap((works) => [...works]));
    await close(this.client);
  }

  subscribe(channel, event) {
    this.events.set(channel, event);
  }

  unsubscribe(channel) {
    this.events.delete(channel);
  }

  async publish(channel, content, options = {}) {
    await this.client.lPush(`main:queue:${channel}`, JSON.stringify({ id: randomUUID(), content, options }));
  }

  async look() {
    for (const [channel, event] of this.events) {
      try {
        await this.take(channel, event);
      } catch (error) {
        this.app.logger.warn(`stand-in queue: ${error.message}`);
      }
    }
    if (this.isConnected()) {
      this.timer = setTimeout(() => this.look(), INTERVAL_MS);
    }
  }

  async take(channel, event) {
    const works = this.working.get(channel) ?? new Set();
    this.working.set(channel, works);
    while (event.idle() && works.size < (event.concurrency || 1)) {
      const text = await this.client.lMove(`main:queue:${channel}`, `main:queue:${channel}:working`, 'RIGHT', 'LEFT');
      if (text === null) {
        return;
      }
      const work = this.work(channel, event, text).finally(() => works.delete(work));
      works.add(work);
    }
  }

  async work(channel, event, text) {
    const { id, content, options } = JSON.parse(text);
    const { timeout = TIMEOUT_MS, maxRetries = 0, retried = 0 } = options;
    try {
      await event.process(content, { id, retried, signal: AbortSignal.timeout(timeout), queueOptions: options });
    } catch (error) {
      this.app.logger.error(error);
      if (retried < maxRetries) {
        setTimeout(() => this.publish(channel, content, { ...options, retried: retried + 1 }), RETRY_MS);
      }
    }
    try {
      await this.client.lRem(`main:queue:${channel}:working`, 1, text);
    } catch (error) {
      this.app.logger.warn(`stand-in queue: ${error.message}`);
    }
  }
}

module.exports.__esModule = true;
module.exports.default = class extends Plugin {
  async beforeLoad() {
    if (process.env.QUEUE_ADAPTER === 'redis') {
      this.app.eventQueue.setAdapter(new RedisQueueAdapter(this.app));
    }
  }
};
