'use strict';
// Stands in for the closed plugin of this name: one connection listens, another speaks.
const { Plugin } = require('@nocobase/server');
const { open, close } = require('./connection');

class RedisPubSubAdapter {
  constructor(app) {
    this.app = app;
    this.handlers = new Map();
  }

  isConnected() {
    return Boolean(this.speaker?.isReady && this.listener?.isReady);
  }

  async connect() {
    if (this.speaker?.isOpen) {
      return;
    }
    this.speaker = await open(this.app, process.env.PUBSUB_ADAPTER_REDIS_URL);
    this.listener = await open(this.app, process.env.PUBSUB_ADAPTER_REDIS_URL);
  }

  async close() {
    await close(this.listener);
    await close(this.speaker);
    this.handlers.clear();
  }

  async subscribe(channel, callback) {
    const listen = (message) => callback(message);
    this.handlers.set(callback, listen);
    await this.listener.subscribe(channel, listen);
  }

  async unsubscribe(channel, callback) {
    if (this.listener?.isOpen) {
      await this.listener.unsubscribe(channel, this.handlers.get(callback));
    }
    this.handlers.delete(callback);
  }

  async publish(channel, message) {
    await this.speaker.publish(channel, message);
  }
}

module.exports.__esModule = true;
module.exports.default = class extends Plugin {
  async beforeLoad() {
    this.app.pubSubManager.setAdapter(new RedisPubSubAdapter(this.app));
  }
};
