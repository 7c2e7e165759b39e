"""caddy/Caddyfile.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "92daa97759beb4df6a31b2ac036a1547e253bde7ff135b4b32eaf6bdcfcf43dc"
__file__ = "caddy/Caddyfile.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'caddy/Caddyfile.j2'

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
        t_2 = environment.filters['caddy']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'caddy' found.")
    try:
        t_3 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    pass
    yield '{\n\t'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Certificates are those named here; none is asked for from outside.'))))
    yield '\n\tauto_https off\n}\n\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'redirect'):
        pass
        yield 'http://'
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'))))
        yield ':80 {\n\tredir https://{host}'
        if (not environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'usual_port')):
            pass
            yield ':'
            yield str(environment.finalize(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'listen')))
        yield '{uri} 301\n}\n\n'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'scheme'))))
    yield '://'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'))))
    yield ':'
    yield str(environment.finalize(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'listen')))
    yield ' {\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'tls'):
        pass
        yield '\ttls '
        yield str(environment.finalize(t_2(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'certificate'))))
        yield ' '
        yield str(environment.finalize(t_2(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'certificate_key'))))
        yield '\n'
    yield '\t'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'No limit on the body: the size of an upload is limited in NocoBase, per storage.'))))
    yield '\n\n\t'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Discovery documents are asked for at the root of the host, with the path behind (RFC 8414, section 3.1).'))))
    yield '\n\t@discovery path_regexp discovery ^/\\.well-known/(oauth-authorization-server|openid-configuration)/(.+)$\n\trewrite @discovery /{re.discovery.2}/.well-known/{re.discovery.1}\n\n\t'
    yield str(environment.finalize(t_3(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Pages, API, WebSocket at {path}ws, and {path}files/ alike. Workers are left out on purpose: they must not get users.'), 'format'), path=environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path')))))
    yield '\n'
    if (environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path') == '/'):
        pass
        yield '\thandle {\n'
    else:
        pass
        yield '\t@bare path / '
        yield str(environment.finalize(t_1(context.call(environment.getattr(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'), 'rstrip'), '/'))))
        yield '\n\tredir @bare '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'))))
        yield ' 302\n\t'
        yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'NocoBase 2.2 answers files at the root of the host, too.'))))
        yield '\n\t@nodes path '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path'))))
        yield '* /files/*\n\thandle @nodes {\n'
    yield '\t\treverse_proxy '
    for l_1_node in environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'upstreams'):
        _loop_vars = {}
        pass
        yield str(environment.finalize(t_1(environment.getattr(l_1_node, 'address'))))
        yield ' '
    l_1_node = missing
    yield '{\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'sticky'):
        pass
        yield '\t\t\tlb_policy cookie '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'name'))))
        yield '_node\n'
    else:
        pass
        yield '\t\t\tlb_policy round_robin\n'
    yield '\t\t\t'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Another node for what was not sent, and for a GET. A POST is never sent twice.'))))
    yield '\n\t\t\tlb_try_duration 5s\n\t\t\tlb_try_interval 100ms\n\t\t\t'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Without a query, which would break it. A page with status 200 is not healthy.'))))
    yield '\n\t\t\thealth_uri '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'health'))))
    yield '\n\t\t\thealth_interval 3s\n\t\t\thealth_timeout 2s\n\t\t\thealth_status 200\n\t\t\thealth_body ^ok\n\t\t\thealth_headers {\n\t\t\t\tHost '
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'server_name'))))
    yield '\n\t\t\t}\n\t\t\tmax_fails 1\n\t\t\tfail_duration 3s\n\t\t\tunhealthy_status 503\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'behind_proxy'):
        pass
        yield '\t\t\t'
        yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'What stands in front sets the forwarded headers.'))))
        yield '\n\t\t\ttrusted_proxies 0.0.0.0/0 ::/0\n'
    else:
        pass
        yield '\t\t\t'
        yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), "Forwarded headers of clients are overwritten by default: NocoBase takes the first entry as the client's address."))))
        yield '\n'
    if environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_host'):
        pass
        yield '\t\t\t'
        yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The address that users type: NocoBase refuses sign-ins that come from another one.'))))
        yield '\n\t\t\theader_up X-Forwarded-Proto '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_scheme'))))
        yield '\n\t\t\theader_up X-Forwarded-Host '
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'public_host'))))
        yield '\n'
    yield '\t\t\theader_up X-Real-IP {remote_host}\n\t\t\ttransport http {\n\t\t\t\t'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'A node that is gone is left within seconds; a long request of a node that works may take its time.'))))
    yield '\n\t\t\t\tdial_timeout 5s\n\t\t\t\tresponse_header_timeout 600s\n\t\t\t\tread_timeout 600s\n\t\t\t\twrite_timeout 600s\n\t\t\t}\n\t\t}\n\t}\n'
    if (environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'path') != '/'):
        pass
        yield '\t'
        yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Something else on this host name: put its handle blocks here.'))))
        yield '\n\thandle {\n\t\trespond 404\n\t}\n'
    yield '\n\t'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'While all nodes are stopped.'))))
    yield '\n\thandle_errors {\n\t\t@down expression {err.status_code} in [502, 503, 504]\n\t\thandle @down {\n\t\t\theader Retry-After 60\n\t\t\theader Cache-Control no-store\n\t\t\trespond '
    yield str(environment.finalize(t_2((undefined(name='down') if l_0_down is missing else l_0_down))))
    yield ' 503\n\t\t}\n\t}\n}\n'

blocks = {}
debug_info = '2=33&6=35&7=38&8=40&12=45&13=51&14=54&16=59&18=61&22=63&23=65&26=71&27=73&28=75&29=77&33=80&34=87&35=90&39=96&42=98&43=100&49=102&54=104&55=107&59=112&61=114&62=117&63=119&64=121&68=124&76=126&77=129&83=132&89=134'
