"""kubernetes/ingress.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "36db5125dbec6e26b53d5490084e90463add95980b5c1e64e2ef3d6fad939204"
__file__ = "kubernetes/ingress.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/ingress.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_cluster = resolve('cluster')
    l_0_base = resolve('base')
    l_0_tls = resolve('tls')
    try:
        t_1 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    try:
        t_2 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Written by nbcluster: run it again rather than edit this file.'))))
    yield '\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'is_traefik'):
        pass
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'For Traefik 3, which proxies WebSocket and uploads of any size as it is. Its entry points cut requests after 60 s: set\n--entryPoints.web.transport.respondingTimeouts.readTimeout=600s for each of them, and forwardedHeaders.trustedIPs where\nanother proxy is in front. It repeats no request.'))))
        yield '\n'
    else:
        pass
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), "For ingress-nginx; WebSocket needs nothing else there. It takes the client's address from a proxy in front of it only where\nuse-forwarded-headers stands in the controller's own ConfigMap, and replaces it otherwise. What OAuth clients look for under\n/.well-known/ of a sub-application needs a rewrite, which is not in here."))))
        yield '\n'
    yield 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: '
    yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-web', )))))
    yield '\n  namespace: '
    yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
    yield '\n  labels:\n    nocobase-cluster: '
    yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\n  annotations:\n'
    if (not environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'is_traefik')):
        pass
        yield '    nginx.ingress.kubernetes.io/proxy-body-size: "0"\n    nginx.ingress.kubernetes.io/proxy-connect-timeout: "10"\n    nginx.ingress.kubernetes.io/proxy-send-timeout: "600"\n    nginx.ingress.kubernetes.io/proxy-read-timeout: "600"\n    nginx.ingress.kubernetes.io/proxy-buffering: "off"\n    nginx.ingress.kubernetes.io/proxy-next-upstream: "error timeout http_503"\n    nginx.ingress.kubernetes.io/proxy-next-upstream-tries: "3"\n'
        if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'sticky'):
            pass
            yield '    nginx.ingress.kubernetes.io/affinity: "cookie"\n    nginx.ingress.kubernetes.io/affinity-mode: "balanced"\n    nginx.ingress.kubernetes.io/session-cookie-name: "nocobase-node"\n    nginx.ingress.kubernetes.io/session-cookie-path: "/"\n'
        if (undefined(name='tls') if l_0_tls is missing else l_0_tls):
            pass
            yield '    nginx.ingress.kubernetes.io/ssl-redirect: '
            yield str(environment.finalize(t_2(('true' if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'redirect') else 'false'))))
            yield '\n    nginx.ingress.kubernetes.io/force-ssl-redirect: '
            yield str(environment.finalize(t_2(('true' if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'redirect') else 'false'))))
            yield '\n'
    elif (undefined(name='tls') if l_0_tls is missing else l_0_tls):
        pass
        yield '    traefik.ingress.kubernetes.io/router.entrypoints: "websecure"\n    traefik.ingress.kubernetes.io/router.tls: "true"\n'
    else:
        pass
        yield '    traefik.ingress.kubernetes.io/router.entrypoints: "web"\n'
    if (environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'is_traefik') and environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_host')):
        pass
        yield '    '
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'the address that users type: NocoBase refuses sign-ins that come from another one'))))
        yield '\n    traefik.ingress.kubernetes.io/router.middlewares: '
        yield str(environment.finalize(t_2(str_join((environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'), '-', (undefined(name='base') if l_0_base is missing else l_0_base), '-public@kubernetescrd', )))))
        yield '\n'
    template = environment.get_template('kubernetes/parts/ingress-spec.yaml.j2', 'kubernetes/ingress.yaml.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {}))
    try:
        for event in gen:
            yield event
    finally: gen.close()
    if (environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'is_traefik') and environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_host')):
        pass
        yield '---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata:\n  name: '
        yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-public', )))))
        yield '\n  namespace: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
        yield '\n  labels:\n    nocobase-cluster: '
        yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
        yield '\nspec:\n  headers:\n    customRequestHeaders:\n      X-Forwarded-Proto: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_scheme'))))
        yield '\n      X-Forwarded-Host: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_host'))))
        yield '\n'
    if (environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'is_traefik') and (undefined(name='tls') if l_0_tls is missing else l_0_tls)):
        pass
        if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'redirect'):
            pass
            yield '---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata:\n  name: '
            yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-https', )))))
            yield '\n  namespace: '
            yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
            yield '\n  labels:\n    nocobase-cluster: '
            yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
            yield '\nspec:\n  redirectScheme:\n    scheme: "https"\n    permanent: true\n'
        yield '---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: '
        yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-plain', )))))
        yield '\n  namespace: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
        yield '\n  labels:\n    nocobase-cluster: '
        yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
        yield '\n  annotations:\n    traefik.ingress.kubernetes.io/router.entrypoints: "web"\n'
        if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'redirect'):
            pass
            yield '    traefik.ingress.kubernetes.io/router.middlewares: '
            yield str(environment.finalize(t_2(str_join((environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'), '-', (undefined(name='base') if l_0_base is missing else l_0_base), '-https@kubernetescrd', )))))
            yield '\n'
        elif environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_host'):
            pass
            yield '    traefik.ingress.kubernetes.io/router.middlewares: '
            yield str(environment.finalize(t_2(str_join((environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'), '-', (undefined(name='base') if l_0_base is missing else l_0_base), '-public@kubernetescrd', )))))
            yield '\n'
        l_1_tls = False
        pass
        template = environment.get_template('kubernetes/parts/ingress-spec.yaml.j2', 'kubernetes/ingress.yaml.j2')
        gen = template.root_render_func(template.new_context(context.get_all(), True, {'tls': l_1_tls}))
        try:
            for event in gen:
                yield event
        finally: gen.close()
        l_1_tls = missing

blocks = {}
debug_info = '1=27&2=29&5=31&9=35&14=38&15=40&17=42&19=44&28=47&34=50&35=53&36=55&38=57&44=63&45=66&46=68&48=70&49=76&54=79&55=81&57=83&61=85&62=87&64=89&65=91&70=94&71=96&73=98&83=101&84=103&86=105&89=107&90=110&91=112&92=115&95=119'
