"""kubernetes/configmap.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "8f3c63eaa4cb42fb38c35a4cd8f6fe33782a61ff705c37b2e76326680f2c3104"
__file__ = "kubernetes/configmap.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/configmap.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_base = resolve('base')
    l_0_cluster = resolve('cluster')
    l_0_environment = resolve('environment')
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
        t_3 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Written by nbcluster: run it again rather than edit this file.'))))
    yield '\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: '
    yield str(environment.finalize(t_3(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-config', )))))
    yield '\n  namespace: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
    yield '\n  labels:\n    nocobase-cluster: '
    yield str(environment.finalize(t_3((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\ndata:\n'
    for (l_1_variable, l_1_value) in context.call(environment.getattr(environment.getattr((undefined(name='environment') if l_0_environment is missing else l_0_environment), 'open'), 'items')):
        _loop_vars = {}
        pass
        yield '  '
        yield str(environment.finalize(t_1(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_3(l_1_value)))
        yield '\n'
    l_1_variable = l_1_value = missing

blocks = {}
debug_info = '1=33&5=35&6=37&8=39&10=41&11=45'
