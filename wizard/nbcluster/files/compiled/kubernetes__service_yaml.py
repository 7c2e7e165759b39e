"""kubernetes/service.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "7d97431093ed31e50e09c0ce1297fd6ae5ac1d9c7e0555e897c64d9b37eb7986"
__file__ = "kubernetes/service.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/service.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_base = resolve('base')
    l_0_cluster = resolve('cluster')
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
    yield '\napiVersion: v1\nkind: Service\nmetadata:\n  name: '
    yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-web', )))))
    yield '\n  namespace: '
    yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
    yield '\n  labels:\n    nocobase-cluster: '
    yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\n'
    if (environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'is_traefik') and environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'sticky')):
        pass
        yield '  annotations:\n    traefik.ingress.kubernetes.io/service.sticky.cookie: "true"\n    traefik.ingress.kubernetes.io/service.sticky.cookie.name: "nocobase-node"\n'
    yield 'spec:\n  selector:\n    nocobase-cluster: '
    yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\n    nocobase-requests: "yes"\n  ports:\n    - name: "http"\n      port: '
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '\n      targetPort: "http"\n'

blocks = {}
debug_info = '1=26&5=28&6=30&8=32&9=34&17=38&22=40'
