"""nginx/nocobase.conf.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "9caa67183e9393f1a83121aa3dcb28e52a84fde6ef3fdcfee5b9e5ff1204a5ae"
__file__ = "nginx/nocobase.conf.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'nginx/nocobase.conf.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_balancer = resolve('balancer')
    l_0_down = resolve('down')
    try:
        t_1 = environment.filters['bare']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'bare' found.")
    try:
        t_2 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    try:
        t_3 = environment.filters['nginx']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'nginx' found.")
    pass
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'For the http block: copy to /etc/nginx/conf.d/ and run nginx -t before the reload.'))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Nodes that only work on queues are left out on purpose: they answer HTTP, but must not get users.'))))
    yield '\n\nmap $http_upgrade $'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield "_connection {\n    default upgrade;\n    ''      close;\n}\n"
    if (environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'behind_proxy') and (not environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_host'))):
        pass
        yield '\nmap $http_x_forwarded_proto $'
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
        yield "_proto {\n    default $http_x_forwarded_proto;\n    ''      $scheme;\n}\n"
    yield '\nupstream '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield ' {\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'sticky'):
        pass
        yield '    ip_hash;\n'
    else:
        pass
        yield '    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "Keeps a client's address on one node; not needed when all adapters work:"))))
        yield '\n    # ip_hash;\n'
    for l_1_node in environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'upstreams'):
        _loop_vars = {}
        pass
        yield '    server '
        yield str(environment.finalize(t_1(environment.getattr(l_1_node, 'address'))))
        yield ' max_fails=3 fail_timeout=10s;\n'
    l_1_node = missing
    yield '}\n\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'redirect'):
        pass
        yield 'server {\n    listen 80;\n    server_name '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'))))
        yield ';\n    server_tokens off;\n    return 301 https://$host'
        if (not environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'usual_port')):
            pass
            yield ':'
            yield str(environment.finalize(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'listen')))
        yield '$request_uri;\n}\n\n'
    yield 'server {\n    listen '
    yield str(environment.finalize(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'listen')))
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'tls'):
        pass
        yield ' ssl'
    yield ';\n    server_name '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'))))
    yield ';\n    server_tokens off;\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Redirects name no scheme and no port: what stands in front may have changed both.'))))
    yield '\n    absolute_redirect off;\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'tls'):
        pass
        yield '    ssl_certificate '
        yield str(environment.finalize(t_3(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'certificate'))))
        yield ';\n    ssl_certificate_key '
        yield str(environment.finalize(t_3(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'certificate_key'))))
        yield ';\n    ssl_protocols TLSv1.2 TLSv1.3;\n'
    yield '\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The size of an upload is limited in NocoBase, per storage.'))))
    yield '\n    client_max_body_size 0;\n    send_timeout 600s;\n\n    proxy_http_version 1.1;\n    proxy_set_header Host $http_host;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection $'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield '_connection;\n    proxy_set_header X-Real-IP $remote_addr;\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'behind_proxy'):
        pass
        yield '    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n'
    else:
        pass
        yield '    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "Overwritten, not appended: NocoBase takes the first entry as the client's address."))))
        yield '\n    proxy_set_header X-Forwarded-For $remote_addr;\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_host'):
        pass
        yield '    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The address that users type: NocoBase refuses sign-ins that come from another one.'))))
        yield '\n    proxy_set_header X-Forwarded-Proto '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_scheme'))))
        yield ';\n    proxy_set_header X-Forwarded-Host '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_host'))))
        yield ';\n'
    elif environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'behind_proxy'):
        pass
        yield '    proxy_set_header X-Forwarded-Proto $'
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
        yield '_proto;\n'
    else:
        pass
        yield '    proxy_set_header X-Forwarded-Proto $scheme;\n'
    yield '\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'A node that is gone is left within seconds; a long request of a node that works may take its time.'))))
    yield '\n    proxy_connect_timeout 5s;\n    proxy_send_timeout 600s;\n    proxy_read_timeout 600s;\n    proxy_buffering off;\n\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Passive fail-over. A POST is never repeated: non_idempotent is left out.'))))
    yield '\n    proxy_next_upstream error timeout http_503;\n    proxy_next_upstream_tries 2;\n    proxy_next_upstream_timeout 30s;\n\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'While no node answers, users read why. What NocoBase itself answers, 503 included, is passed on as it is.'))))
    yield '\n    error_page 502 504 = @'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield '_down;\n\n    location @'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield '_down {\n        default_type text/plain;\n        add_header Retry-After 60 always;\n        add_header Cache-Control no-store always;\n        return 503 '
    yield str(environment.finalize(t_3(str_join(((undefined(name='down') if l_0_down is missing else l_0_down), '\\n', )))))
    yield ';\n    }\n\n    '
    yield str(environment.finalize(t_2(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Pages, API, WebSocket at {path}ws, and {path}files/ alike.'), 'format'), path=environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path')))))
    yield '\n    '
    yield str(environment.finalize(t_2(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Health: GET {path}, without a query.'), 'format'), path=environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'health')))))
    yield '\n    location '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'))))
    yield ' {\n        proxy_pass http://'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield ';\n    }\n\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Discovery documents are asked for at the root of the host, with the path behind (RFC 8414, section 3.1).'))))
    yield '\n    location ~ ^/\\.well-known/(oauth-authorization-server|openid-configuration)/(.+)$ {\n        rewrite ^/\\.well-known/(oauth-authorization-server|openid-configuration)/(.+)$ /$2/.well-known/$1 break;\n        proxy_pass http://'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield ';\n    }\n'
    if (environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path') != '/'):
        pass
        yield '\n    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'NocoBase 2.2 answers files at the root of the host, too.'))))
        yield '\n    location /files/ {\n        proxy_pass http://'
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
        yield ';\n    }\n\n    location = / {\n        return 302 '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'))))
        yield ';\n    }\n\n    location = '
        yield str(environment.finalize(t_1(context.call(environment.getattr(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'), 'rstrip'), '/'))))
        yield ' {\n        return 302 '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'))))
        yield ';\n    }\n\n    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Something else on this host name: put its locations here.'))))
        yield '\n    location / {\n        return 404;\n    }\n'
    yield '}\n'

blocks = {}
debug_info = '1=32&2=34&4=36&8=38&10=41&16=44&17=46&20=52&23=54&24=58&28=62&31=65&33=67&38=73&39=78&41=80&43=82&44=85&45=87&49=90&56=92&58=94&61=100&64=102&65=105&66=107&67=109&68=111&69=114&74=120&80=122&85=124&86=126&88=128&92=130&95=132&96=134&97=136&98=138&101=140&104=142&106=144&108=147&110=149&114=151&117=153&118=155&121=157'
