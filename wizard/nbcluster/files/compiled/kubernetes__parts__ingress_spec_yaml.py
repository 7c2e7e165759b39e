"""kubernetes/parts/ingress-spec.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "bdd351ac4b3df12b1184e382d1bd418071fd4b1d3cc3c193cc632619ec8e8ece"
__file__ = "kubernetes/parts/ingress-spec.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/parts/ingress-spec.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_cluster = resolve('cluster')
    l_0_tls = resolve('tls')
    l_0_base = resolve('base')
    l_0_paths = resolve('paths')
    try:
        t_1 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield 'spec:\n  ingressClassName: '
    yield str(environment.finalize(t_1(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'ingress_class'))))
    yield '\n'
    if (undefined(name='tls') if l_0_tls is missing else l_0_tls):
        pass
        yield '  tls:\n    - hosts:\n        - '
        yield str(environment.finalize(t_1(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'server_name'))))
        yield '\n      secretName: '
        yield str(environment.finalize(t_1(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-tls', )))))
        yield '\n'
    yield '  rules:\n    - host: '
    yield str(environment.finalize(t_1(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'server_name'))))
    yield '\n      http:\n        paths:\n'
    for l_1_path in (undefined(name='paths') if l_0_paths is missing else l_0_paths):
        _loop_vars = {}
        pass
        yield '          - path: '
        yield str(environment.finalize(t_1(l_1_path)))
        yield '\n            pathType: "Prefix"\n            backend:\n              service:\n                name: '
        yield str(environment.finalize(t_1(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-web', )))))
        yield '\n                port:\n                  name: "http"\n'
    l_1_path = missing

blocks = {}
debug_info = '2=22&3=24&6=27&7=29&10=32&13=34&14=38&18=40'
