"""haproxy/nocobase.cfg.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "5dd4b37d576ae741b68ef17a97bce93b2d6b92e041016eb4af7f207c77be7236"
__file__ = "haproxy/nocobase.cfg.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'haproxy/nocobase.cfg.j2'

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
        t_3 = environment.filters['haproxy']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'haproxy' found.")
    try:
        t_4 = environment.filters['haproxy_string']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'haproxy_string' found.")
    try:
        t_5 = environment.filters['shell']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'shell' found.")
    pass
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Beside /etc/haproxy/haproxy.cfg: haproxy -f /etc/haproxy/haproxy.cfg -f THIS FILE (on Debian EXTRAOPTS in /etc/default/haproxy).'))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Nodes that only work on queues are left out on purpose: they answer HTTP, but must not get users.'))))
    yield '\n\ndefaults '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield '\n    mode http\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'One line for each request, to wherever the global section logs.'))))
    yield '\n    log global\n    option httplog\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'A node that is gone is left within seconds; a long request of a node that works may take its time.'))))
    yield '\n    timeout connect 5s\n    timeout client 600s\n    timeout server 600s\n    timeout tunnel 600s\n    timeout http-request 60s\n    timeout http-keep-alive 60s\n    timeout queue 30s\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'While all nodes are stopped.'))))
    yield '\n    http-error status 503 content-type "text/plain" string '
    yield str(environment.finalize(t_4(str_join(((undefined(name='down') if l_0_down is missing else l_0_down), '\n', )))))
    yield ' hdr Retry-After 60 hdr Cache-Control no-store\n\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'redirect'):
        pass
        yield 'frontend '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
        yield '_plain from '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
        yield '\n    bind *:80\n    http-request return status 404 unless { req.hdr(host),field(1,:),lower -m str '
        yield str(environment.finalize(t_1(context.call(environment.getattr(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'), 'lower')))))
        yield ' }\n    http-request redirect location https://%[req.hdr(host),field(1,:)]'
        if (not environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'usual_port')):
            pass
            yield ':'
            yield str(environment.finalize(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'listen')))
        yield '%[capture.req.uri] code 301\n\n'
    yield 'frontend '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield ' from '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield '\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'key_link'):
        pass
        yield '    '
        yield str(environment.finalize(t_2(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The key is looked for beside its certificate: {command}'), 'format'), command=t_5(['ln', '-s', environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'certificate_key'), environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'key_link')])))))
        yield '\n'
    yield '    bind *:'
    yield str(environment.finalize(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'listen')))
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'tls'):
        pass
        yield ' ssl crt '
        yield str(environment.finalize(t_3(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'certificate'))))
        yield ' ssl-min-ver TLSv1.2 alpn h2,http/1.1'
    yield '\n    http-request return status 404 unless { req.hdr(host),field(1,:),lower -m str '
    yield str(environment.finalize(t_1(context.call(environment.getattr(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'), 'lower')))))
    yield ' }\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'behind_proxy'):
        pass
        yield '    option forwardfor\n'
    else:
        pass
        yield '    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "Overwritten, not appended: NocoBase takes the first entry as the client's address."))))
        yield '\n    http-request set-header X-Forwarded-For %[src]\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_host'):
        pass
        yield '    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The address that users type: NocoBase refuses sign-ins that come from another one.'))))
        yield '\n    http-request set-header X-Forwarded-Proto '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_scheme'))))
        yield '\n    http-request set-header X-Forwarded-Host '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_host'))))
        yield '\n'
    else:
        pass
        yield '    http-request set-header X-Forwarded-Proto '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'scheme'))))
        if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'behind_proxy'):
            pass
            yield ' unless { req.hdr(X-Forwarded-Proto) -m found }'
        yield '\n'
    yield '    http-request set-header X-Real-IP %[src]\n\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Discovery documents are asked for at the root of the host, with the path behind (RFC 8414, section 3.1).'))))
    yield '\n    http-request replace-path ^/\\.well-known/(oauth-authorization-server|openid-configuration)/(.+)$ /\\2/.well-known/\\1\n'
    if (environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path') != '/'):
        pass
        yield '    http-request redirect location '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'))))
        yield ' code 302 if { path / } || { path '
        yield str(environment.finalize(t_1(context.call(environment.getattr(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'), 'rstrip'), '/'))))
        yield ' }\n    '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'NocoBase 2.2 answers files at the root of the host, too. Something else on this host name: put its backend before this line.'))))
        yield '\n    http-request return status 404 unless { path_beg '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'))))
        yield ' /files/ } || { path_reg ^/[^?]*/\\.well-known/ }\n'
    yield '    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'No limit on the body: the size of an upload is limited in NocoBase, per storage.'))))
    yield '\n    '
    yield str(environment.finalize(t_2(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Pages, API, WebSocket at {path}ws, and {path}files/ alike.'), 'format'), path=environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path')))))
    yield '\n    default_backend '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield '\n\nbackend '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield ' from '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
    yield '\n    balance roundrobin\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'sticky'):
        pass
        yield '    cookie '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
        yield '_node insert indirect nocache httponly\n'
    yield '    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Another node for what was not sent, or can be repeated. A POST is never sent twice.'))))
    yield '\n    retries 2\n    option redispatch 1\n    retry-on conn-failure empty-response 503\n    http-request disable-l7-retry unless METH_GET\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Without a query, which would break it. A page with status 200 is not healthy.'))))
    yield '\n    option httpchk\n    http-check send meth GET uri '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'health'))))
    yield ' ver HTTP/1.1 hdr Host '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'))))
    yield '\n    http-check expect status 200\n    http-check expect rstring ^ok\n    default-server check inter 3s fastinter 1s fall 2 rise 2 observe layer4 init-addr last,libc,none\n'
    for l_1_node in environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'upstreams'):
        _loop_vars = {}
        pass
        yield '    server '
        yield str(environment.finalize(t_1(environment.getattr(l_1_node, 'name'))))
        yield ' '
        yield str(environment.finalize(t_1(environment.getattr(l_1_node, 'address'))))
        if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'sticky'):
            pass
            yield ' cookie '
            yield str(environment.finalize(t_1(environment.getattr(l_1_node, 'name'))))
        yield '\n'
    l_1_node = missing

blocks = {}
debug_info = '1=44&2=46&4=48&6=50&9=52&17=54&18=56&20=58&21=61&23=65&24=67&27=73&28=77&29=80&31=83&32=90&33=92&36=98&39=100&40=103&41=105&42=107&44=112&48=118&50=120&51=123&52=127&53=129&55=132&56=134&57=136&59=138&61=142&62=145&64=148&69=150&71=152&75=156&76=160'
