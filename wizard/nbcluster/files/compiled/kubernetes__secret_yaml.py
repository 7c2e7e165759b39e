"""kubernetes/secret.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "a8e8a5a73c73b7bcde28b0c716c13a309b8cf25efc9bb50d89c5fa6b835b0bcf"
__file__ = "kubernetes/secret.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/secret.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_environment = resolve('environment')
    l_0_base = resolve('base')
    l_0_cluster = resolve('cluster')
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
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Holds secrets. Keep it: it is where the keys of this installation live.'))))
    yield '\n'
    for l_1_note in environment.getattr((undefined(name='environment') if l_0_environment is missing else l_0_environment), 'notes'):
        _loop_vars = {}
        pass
        yield str(environment.finalize(t_2(l_1_note)))
        yield '\n'
    l_1_note = missing
    yield 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: '
    yield str(environment.finalize(t_3(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-secret', )))))
    yield '\n  namespace: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
    yield '\n  labels:\n    nocobase-cluster: '
    yield str(environment.finalize(t_3((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\ntype: Opaque\nstringData:\n'
    for (l_1_variable, l_1_value) in context.call(environment.getattr(environment.getattr((undefined(name='environment') if l_0_environment is missing else l_0_environment), 'secret'), 'items')):
        _loop_vars = {}
        pass
        yield '  '
        yield str(environment.finalize(t_1(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_3(l_1_value)))
        yield '\n'
    l_1_variable = l_1_value = missing

blocks = {}
debug_info = '1=33&2=35&3=37&4=40&9=44&10=46&12=48&15=50&16=54'
