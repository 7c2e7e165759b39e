"""kubernetes/parts/route-filter.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "bcc38658f9e6999abcb90548c2bd8fc6bfd73522bfeccc8773e7a86f3b5760bf"
__file__ = "kubernetes/parts/route-filter.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/parts/route-filter.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_cluster = resolve('cluster')
    l_0__ = resolve('_')
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
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_host'):
        pass
        yield '      '
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'the address that users type: NocoBase refuses sign-ins that come from another one'))))
        yield '\n      filters:\n        - type: "RequestHeaderModifier"\n          requestHeaderModifier:\n            set:\n              - name: "X-Forwarded-Proto"\n                value: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_scheme'))))
        yield '\n              - name: "X-Forwarded-Host"\n                value: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'balancer'), 'public_host'))))
        yield '\n'

blocks = {}
debug_info = '1=25&2=28&8=30&10=32'
