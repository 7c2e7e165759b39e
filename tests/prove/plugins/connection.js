'use strict';
// The application's own Redis client library, with a connection for each role that outlasts a loss.
const redis = require(require.resolve('redis', { paths: [require.resolve('@nocobase/server')] }));

exports.open = async (app, url) => {
  const client = redis.createClient({ url });
  client.on('error', (error) => app.logger.warn(`stand-in: ${error.message}`));
  await client.connect();
  return client;
};

exports.close = async (client) => {
  if (client?.isOpen) {
    // quit() would wait for a server that is away
    await client.destroy();
  }
};
