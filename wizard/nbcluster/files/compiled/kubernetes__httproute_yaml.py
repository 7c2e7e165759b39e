"""kubernetes/httproute.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "446ef99eae5e936b5881fc6e0f3f65b8c44d62740a857c57186f7164cd463290"
__file__ = "kubernetes/httproute.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/httproute.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_cluster = resolve('cluster')
    l_0_base = resolve('base')
    l_0_paths = resolve('paths')
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
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'For a Gateway, whose listeners hold the port, the certificate and the redirect to https. It must take routes of this namespace (allowedRoutes).'))))
    yield '\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'sticky'):
        pass
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'One pod for one client is not in the standard channel of the Gateway API yet: the controller has a policy of its own for it.'))))
        yield '\n'
    yield 'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata:\n  name: '
    yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-web', )))))
    yield '\n  namespace: '
    yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
    yield '\n  labels:\n    nocobase-cluster: '
    yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\nspec:\n  parentRefs:\n    - name: '
    yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'gateway'))))
    yield '\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'gateway_namespace'):
        pass
        yield '      namespace: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'gateway_namespace'))))
        yield '\n'
    yield '  hostnames:\n    - '
    yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'server_name'))))
    yield '\n  rules:\n    '
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'a WebSocket stays open as long as its page does'))))
    yield '\n    - matches:\n        - path:\n            type: "Exact"\n            value: '
    yield str(environment.finalize(t_2(str_join((environment.getitem((undefined(name='paths') if l_0_paths is missing else l_0_paths), 0), 'ws', )))))
    yield '\n'
    template = environment.get_template('kubernetes/parts/route-filter.yaml.j2', 'kubernetes/httproute.yaml.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {}))
    try:
        for event in gen:
            yield event
    finally: gen.close()
    yield '      timeouts:\n        request: "0s"\n      backendRefs:\n        - name: '
    yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-web', )))))
    yield '\n          port: '
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '\n    - matches:\n'
    for l_1_path in (undefined(name='paths') if l_0_paths is missing else l_0_paths):
        _loop_vars = {}
        pass
        yield '        - path:\n            type: "PathPrefix"\n            value: '
        yield str(environment.finalize(t_2(l_1_path)))
        yield '\n'
    l_1_path = missing
    template = environment.get_template('kubernetes/parts/route-filter.yaml.j2', 'kubernetes/httproute.yaml.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {}))
    try:
        for event in gen:
            yield event
    finally: gen.close()
    yield '      timeouts:\n        request: "600s"\n      backendRefs:\n        - name: '
    yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-web', )))))
    yield '\n          port: '
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '\n'

blocks = {}
debug_info = '1=27&2=29&3=31&4=33&9=36&10=38&12=40&15=42&16=44&17=47&20=50&22=52&26=54&27=56&31=63&32=65&34=67&37=71&39=74&43=81&44=83'
