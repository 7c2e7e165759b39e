"""kubernetes/deployments.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "fe01bc5fdc89923cc46e008ee180c717d774143314e0cc012a88137638862b66"
__file__ = "kubernetes/deployments.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/deployments.yaml.j2'

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
        t_2 = environment.filters['indent']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'indent' found.")
    try:
        t_3 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Written by nbcluster: run it again rather than edit this file.'))))
    yield '\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'These neither install nor upgrade: that belongs to one pod, the one of first-boot/.'))))
    yield '\n'
    l_1_loop = missing
    for l_1_workload, l_1_loop in LoopContext((undefined(name='workloads') if l_0_workloads is missing else l_0_workloads), undefined):
        l_1_cluster = resolve('cluster')
        l_1_base = resolve('base')
        l_1_variables = l_1_probes = missing
        _loop_vars = {}
        pass
        if (not environment.getattr(l_1_loop, 'first')):
            pass
            yield '---\n'
        yield 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: '
        yield str(environment.finalize(t_3(environment.getattr(l_1_workload, 'name'))))
        yield '\n  namespace: '
        yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_1_cluster is missing else l_1_cluster), 'kubernetes'), 'namespace'))))
        yield '\n  labels:\n    nocobase-cluster: '
        yield str(environment.finalize(t_3((undefined(name='base') if l_1_base is missing else l_1_base))))
        yield '\nspec:\n  replicas: '
        yield str(environment.finalize(environment.getattr(l_1_workload, 'replicas')))
        yield '\n  '
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'versions must not mix: no rolling update', _loop_vars=_loop_vars))))
        yield '\n  strategy:\n    type: "Recreate"\n  selector:\n    matchLabels:\n      nocobase-cluster: '
        yield str(environment.finalize(t_3((undefined(name='base') if l_1_base is missing else l_1_base))))
        yield '\n      nocobase-pods: '
        yield str(environment.finalize(t_3(context.call(environment.getattr(environment.getattr(l_1_workload, 'name'), 'removeprefix'), str_join(((undefined(name='base') if l_1_base is missing else l_1_base), '-', )), _loop_vars=_loop_vars))))
        yield '\n  template:\n    metadata:\n      labels:\n        nocobase-cluster: '
        yield str(environment.finalize(t_3((undefined(name='base') if l_1_base is missing else l_1_base))))
        yield '\n        nocobase-pods: '
        yield str(environment.finalize(t_3(context.call(environment.getattr(environment.getattr(l_1_workload, 'name'), 'removeprefix'), str_join(((undefined(name='base') if l_1_base is missing else l_1_base), '-', )), _loop_vars=_loop_vars))))
        yield '\n        nocobase-requests: '
        yield str(environment.finalize(t_3(('yes' if environment.getattr(l_1_workload, 'serves_requests') else 'no'))))
        yield '\n    spec:\n      '
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'of equal pods, each on a machine of its own as far as that goes', _loop_vars=_loop_vars))))
        yield '\n      topologySpreadConstraints:\n        - maxSkew: 1\n          topologyKey: "kubernetes.io/hostname"\n          whenUnsatisfiable: "ScheduleAnyway"\n          labelSelector:\n            matchLabels:\n              nocobase-cluster: '
        yield str(environment.finalize(t_3((undefined(name='base') if l_1_base is missing else l_1_base))))
        yield '\n              nocobase-pods: '
        yield str(environment.finalize(t_3(context.call(environment.getattr(environment.getattr(l_1_workload, 'name'), 'removeprefix'), str_join(((undefined(name='base') if l_1_base is missing else l_1_base), '-', )), _loop_vars=_loop_vars))))
        yield '\n'
        l_1_variables = ({'WORKER_MODE': environment.getattr(l_1_workload, 'worker_mode')} if environment.getattr(l_1_workload, 'worker_mode') else {})
        _loop_vars['variables'] = l_1_variables
        l_1_probes = ['startup', 'readiness', 'liveness']
        _loop_vars['probes'] = l_1_probes
        t_4 = []
        pass
        template = environment.get_template('kubernetes/parts/pod.yaml.j2', 'kubernetes/deployments.yaml.j2')
        gen = template.root_render_func(template.new_context(context.get_all(), True, {'loop': l_1_loop, 'probes': l_1_probes, 'variables': l_1_variables, 'workload': l_1_workload}))
        try:
            for event in gen:
                t_4.append(event)
        finally: gen.close()
        yield t_2(concat(t_4), 6, first=True)
    l_1_loop = l_1_workload = l_1_cluster = l_1_base = l_1_variables = l_1_probes = missing

blocks = {}
debug_info = '1=31&2=33&3=36&4=42&10=46&11=48&13=50&15=52&16=54&21=56&22=58&26=60&27=62&28=64&30=66&37=68&38=70&39=72&40=74&42=78&41=84'
