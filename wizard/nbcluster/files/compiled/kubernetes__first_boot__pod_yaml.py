"""kubernetes/first-boot/pod.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "5a7a8476c258beefd15b18cde80bad52ba2165ad05e90252769c12934964b7c6"
__file__ = "kubernetes/first-boot/pod.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/first-boot/pod.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_base = resolve('base')
    l_0_cluster = resolve('cluster')
    l_0_first_boot_command = resolve('first_boot_command')
    l_0_first_boot = resolve('first_boot')
    l_0_command = l_0_variables = l_0_probes = missing
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
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Installs or upgrades, alone: every Deployment stands at 0 while this pod is there. Delete it afterwards.'))))
    yield '\napiVersion: v1\nkind: Pod\nmetadata:\n  name: '
    yield str(environment.finalize(t_3(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-first-boot', )))))
    yield '\n  namespace: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
    yield '\n  labels:\n    nocobase-cluster: '
    yield str(environment.finalize(t_3((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\nspec:\n  restartPolicy: "Never"\n'
    l_0_command = (undefined(name='first_boot_command') if l_0_first_boot_command is missing else l_0_first_boot_command)
    context.vars['command'] = l_0_command
    context.exported_vars.add('command')
    l_0_variables = (undefined(name='first_boot') if l_0_first_boot is missing else l_0_first_boot)
    context.vars['variables'] = l_0_variables
    context.exported_vars.add('variables')
    l_0_probes = ['readiness']
    context.vars['probes'] = l_0_probes
    context.exported_vars.add('probes')
    t_4 = []
    pass
    template = environment.get_template('kubernetes/parts/pod.yaml.j2', 'kubernetes/first-boot/pod.yaml.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {'command': l_0_command, 'probes': l_0_probes, 'variables': l_0_variables}))
    try:
        for event in gen:
            t_4.append(event)
    finally: gen.close()
    yield t_2(concat(t_4), 2, first=True)

blocks = {}
debug_info = '1=35&2=37&6=39&7=41&9=43&13=45&14=48&15=51&17=56&16=62'
