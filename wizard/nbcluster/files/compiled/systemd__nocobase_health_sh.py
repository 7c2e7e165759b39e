"""systemd/nocobase-health.sh.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "a8e89ee3a20de20d61e25b2c92a00f4ea758afda1f7941d67e417251525d1550"
__file__ = "systemd/nocobase-health.sh.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'systemd/nocobase-health.sh.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_limit = resolve('limit')
    l_0_off = resolve('off')
    l_0_folder = resolve('folder')
    l_0_storage = resolve('storage')
    l_0_port = resolve('port')
    l_0_health = resolve('health')
    l_0_hosts = resolve('hosts')
    l_0_servers = resolve('servers')
    l_0_causes = resolve('causes')
    l_0_pause = resolve('pause')
    l_0_docker = resolve('docker')
    try:
        t_1 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    try:
        t_2 = environment.filters['shell']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'shell' found.")
    pass
    yield '#!/bin/sh\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Written by nbcluster: run it again rather than edit this file.'))))
    yield '\n'
    yield str(environment.finalize(t_1(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'After Redis was away for longer than a few seconds NocoBase answers 503 for good, and its process goes on. This restarts such a node:\nonly for the causes named below, once Redis and the database answer again, the nodes in turn, at most {limit} times an hour, and never\nwhile a node installs, upgrades or is maintained. Turned off by: touch {file}'), 'format'), limit=(undefined(name='limit') if l_0_limit is missing else l_0_limit), file=(undefined(name='off') if l_0_off is missing else l_0_off)))))
    yield '\nfolder='
    yield str(environment.finalize(t_2([(undefined(name='folder') if l_0_folder is missing else l_0_folder)])))
    yield '\nstorage='
    yield str(environment.finalize(t_2([(undefined(name='storage') if l_0_storage is missing else l_0_storage)])))
    yield '\nport='
    yield str(environment.finalize((undefined(name='port') if l_0_port is missing else l_0_port)))
    yield '\nhealth='
    yield str(environment.finalize(t_2([(undefined(name='health') if l_0_health is missing else l_0_health)])))
    yield '\nhosts='
    yield str(environment.finalize(t_2([(undefined(name='hosts') if l_0_hosts is missing else l_0_hosts)])))
    yield '\nservers='
    yield str(environment.finalize(t_2([(undefined(name='servers') if l_0_servers is missing else l_0_servers)])))
    yield '\ncauses='
    yield str(environment.finalize(t_2([(undefined(name='causes') if l_0_causes is missing else l_0_causes)])))
    yield '\npause='
    yield str(environment.finalize((undefined(name='pause') if l_0_pause is missing else l_0_pause)))
    yield '\nlimit='
    yield str(environment.finalize((undefined(name='limit') if l_0_limit is missing else l_0_limit)))
    yield '\noff='
    yield str(environment.finalize(t_2([(undefined(name='off') if l_0_off is missing else l_0_off)])))
    yield '\ndocker='
    yield str(environment.finalize(t_2([(undefined(name='docker') if l_0_docker is missing else l_0_docker)])))
    yield '\nrestarted='
    yield str(environment.finalize(t_2([context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The node answered 503 with this cause, and what it needs answers again. It was restarted:')])))
    yield '\nenough='
    yield str(environment.finalize(t_2([context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The node needs a restart again, after as many within an hour as are allowed. Look for the cause:')])))
    yield '\n# nbcluster:program\nset -u\nstate=${RUNTIME_DIRECTORY:-/run/nocobase-health}\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Says ok, other, away SERVER or cure CAUSE.'))))
    yield '\nprogram=\'\nconst net = require("net");\nconst tls = require("tls");\nconst [url, causes, ...servers] = process.argv.slice(1);\nconst answers = (server) => new Promise((resolve) => {\n  const { protocol, hostname: host, port } = new URL(server);\n  const redis = protocol.startsWith("redis");\n  const socket = protocol === "rediss:"\n    ? tls.connect({ host, port, servername: net.isIP(host) ? undefined : host, rejectUnauthorized: false })\n    : net.connect({ host, port });\n  const end = (right) => { socket.destroy(); resolve(right); };\n  socket.setTimeout(5000, () => end(false));\n  socket.on("error", () => end(false));\n  socket.on("close", () => end(false));\n  socket.on(protocol === "rediss:" ? "secureConnect" : "connect", () => redis ? socket.write("PING\\r\\n") : end(true));\n  socket.on("data", (data) => end(!redis || !String(data).startsWith("-LOADING")));\n});\n(async () => {\n  const body = await fetch(url, { signal: AbortSignal.timeout(10000) }).then((reply) => reply.text(), () => "");\n  const cause = causes.split(" ").find((each) => body.includes(each));\n  const away = cause && (await Promise.all(servers.map(answers))).indexOf(false);\n  console.log(!cause ? (body === "ok" ? "ok" : "other") : away < 0 ? `cure ${cause}` : `away ${servers[away]}`);\n  process.exit(0);\n})();\n\'\nlook() {\n    if [ -n "$docker" ]; then\n        set -- docker compose -f "$folder/docker/compose.yaml" exec -T node\n        own=\n    else\n        set --\n        own=$(sed -n "s/^\\(export \\)\\{0,1\\}APP_PORT=[\\"\']\\{0,1\\}\\([0-9]\\{1,\\}\\).*/\\2/p" "$folder/.env" 2> /dev/null | tail -n 1)\n    fi\n    "$@" node -e "$program" "http://127.0.0.1:${own:-$port}$health" "$causes" $servers || echo other\n}\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'No node installs or upgrades, and none is maintained: then the service is stopped, and this node runs it.'))))
    yield '\nallowed() {\n    [ ! -e "$off" ] && [ ! -e "$folder/.nbcluster-alone" ] && [ ! -e "$storage/.upgrading" ] || return 1\n    systemctl is-active --quiet nocobase.service && ! systemctl is-active --quiet nocobase-alone.service\n}\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), "Seconds until it is this node's turn: its place among the nodes, by the address that belongs to this machine."))))
    yield '\nturn() {\n    mine=" $(hostname -I) $(hostname) 127.0.0.1 127.0.1.1 "\n    number=0\n    for host in $hosts; do\n        address=$(getent ahostsv4 "$host" | { read -r first rest; echo "${first:-none}"; })\n        case $mine in *" $host "* | *" $address "*) break ;; esac\n        number=$((number + 1))\n    done\n    echo $((number * pause))\n}\nmkdir -p "$state" || exit 1\nseen=$state/seen\npast=$state/restarts\nif ! allowed; then\n    rm -f "$seen"\n    exit 0\nfi\nsaid=$(look)\ncase $said in\n"cure "*) ;;\n*)\n    rm -f "$seen"\n    exit 0\n    ;;\nesac\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'A short loss heals by itself: only what is seen twice in a row counts.'))))
    yield '\nif [ ! -e "$seen" ]; then\n    : > "$seen"\n    exit 0\nfi\nnow=$(date +%s)\nrecent=0\ntouch "$past" || exit 1\nwhile read -r when; do\n    [ "$when" -le $((now - 3600)) ] || recent=$((recent + 1))\ndone < "$past"\nif [ "$recent" -ge "$limit" ]; then\n    [ -e "$state/enough" ] || echo "$enough ${said#cure }"\n    : > "$state/enough"\n    exit 0\nfi\nsleep "$(turn)"\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'What held before the turn may hold no longer.'))))
    yield '\nallowed || exit 0\nsaid=$(look)\ncase $said in "cure "*) ;; *) exit 0 ;; esac\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'What cannot be counted is not done: the limit would never be reached.'))))
    yield '\ndate +%s >> "$past" || exit 1\nrm -f "$seen" "$state/enough"\necho "$restarted ${said#cure }"\nexec systemctl try-restart nocobase.service\n'

blocks = {}
debug_info = '2=36&5=38&6=40&7=42&8=44&9=46&10=48&11=50&12=52&13=54&14=56&15=58&16=60&17=62&18=64&22=66&58=68&63=70&89=72&106=74&110=76'
