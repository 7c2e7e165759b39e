// Stand-in for NocoBase, as far as systemd, docker and the health timer see it: `yarn start` is a starter whose child serves, in a
// process group of its own. The child connects to the cache when it starts; without it, health is 503 with the cause for good, and
// nothing ends. When the connection is lost later, the starter starts the child again, as pm2 does. A file `broken` in the working
// folder makes health answer 503 with a cause although all servers are there.
const { spawn } = require("child_process");
const fs = require("fs");
const http = require("http");
const net = require("net");

const lines = fs.existsSync(".env") ? fs.readFileSync(".env", "utf8").split("\n") : [];
const values = lines.map((line) => line.match(/^([A-Z0-9_]+)=(["'`]?)(.*)\2$/)).filter(Boolean);
const env = { ...Object.fromEntries(values.map((found) => [found[1], found[3]])), ...process.env };
const storage = env.STORAGE_PATH || "/app/nocobase/storage";

const startChild = () => {
  const child = spawn(process.execPath, [__filename, "serve"], { detached: true, stdio: "inherit" });
  child.on("exit", (status) => (status === 255 ? startChild() : process.exit(status ?? 1)));
};

const serve = () => {
  fs.appendFileSync(`${storage}/started`, `${process.pid} ${process.getuid()} ${process.cwd()}\n`);
  let cause = "APP_PREPARING";
  const { hostname, port } = new URL(env.CACHE_REDIS_URL);
  const cache = net.connect({ host: hostname, port });
  cache.on("connect", () => { cause = ""; });
  cache.on("error", (error) => { cause = `connect ${error.code} ${hostname}:${port}`; });
  cache.on("close", () => cause || process.exit(255));
  http.createServer((request, reply) => {
    const said = fs.existsSync("broken") ? "connect ECONNREFUSED (broken)" : cause;
    if (request.url === "/environment") {
      reply.end(JSON.stringify(process.env));
    } else if (request.url !== `${env.APP_PUBLIC_PATH || "/"}api/__health_check`) {
      reply.end("<html>");
    } else {
      reply.writeHead(said ? 503 : 200).end(said ? JSON.stringify({ error: { status: 503, message: said } }) : "ok");
    }
  }).listen(Number(env.APP_PORT));
};

process.argv[2] === "serve" ? serve() : startChild();
