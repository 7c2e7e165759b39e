"""kubernetes/disruption-budgets.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "da42e951b81c049261f72e86ae1c2087ec1a93c9339f37616d115328efe35506"
__file__ = "kubernetes/disruption-budgets.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/disruption-budgets.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_workloads = resolve('workloads')
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
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'While machines are drained, at most one pod of a kind is gone at a time.'))))
    yield '\n'
    l_1_loop = missing
    for l_1_workload, l_1_loop in LoopContext((undefined(name='workloads') if l_0_workloads is missing else l_0_workloads), undefined):
        l_1_cluster = resolve('cluster')
        l_1_base = resolve('base')
        _loop_vars = {}
        pass
        if (not environment.getattr(l_1_loop, 'first')):
            pass
            yield '---\n'
        yield 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: '
        yield str(environment.finalize(t_2(environment.getattr(l_1_workload, 'name'))))
        yield '\n  namespace: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_1_cluster is missing else l_1_cluster), 'kubernetes'), 'namespace'))))
        yield '\n  labels:\n    nocobase-cluster: '
        yield str(environment.finalize(t_2((undefined(name='base') if l_1_base is missing else l_1_base))))
        yield '\nspec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      nocobase-cluster: '
        yield str(environment.finalize(t_2((undefined(name='base') if l_1_base is missing else l_1_base))))
        yield '\n      nocobase-pods: '
        yield str(environment.finalize(t_2(context.call(environment.getattr(environment.getattr(l_1_workload, 'name'), 'removeprefix'), str_join(((undefined(name='base') if l_1_base is missing else l_1_base), '-', )), _loop_vars=_loop_vars))))
        yield '\n'
    l_1_loop = l_1_workload = l_1_cluster = l_1_base = missing

blocks = {}
debug_info = '1=25&2=27&3=30&4=35&10=39&11=41&13=43&18=45&19=47'
