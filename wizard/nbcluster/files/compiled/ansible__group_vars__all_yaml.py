"""ansible/group_vars/all.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "3cc8d494b5cf9f993ff775a590515648500ec49207d23929a5a9828b93c7e879"
__file__ = "ansible/group_vars/all.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'ansible/group_vars/all.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_cluster = resolve('cluster')
    l_0_mount_line = resolve('mount_line')
    l_0_first_boot = resolve('first_boot')
    l_0_alone = resolve('alone')
    l_0_commands = resolve('commands')
    l_0_alone_stop = resolve('alone_stop')
    l_0_unit = resolve('unit')
    l_0_program = resolve('program')
    l_0_balancer = resolve('balancer')
    try:
        t_1 = environment.filters['ansible']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'ansible' found.")
    try:
        t_2 = environment.filters['ansible_folded']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'ansible_folded' found.")
    try:
        t_3 = environment.filters['bare']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'bare' found.")
    try:
        t_4 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    pass
    yield '---\n'
    yield str(environment.finalize(t_4(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Variables of the playbook; -e NAME=VALUE replaces one. No secret is among them: the env files are copied as they are.'))))
    yield '\nnocobase_version: '
    yield str(environment.finalize(t_1(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'version'))))
    yield '\nnocobase_application: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'folder'))))
    yield '\nnocobase_owner: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'owner'))))
    yield '\nnocobase_share: '
    yield str(environment.finalize(t_1(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'share'), 'path'))))
    yield '\nnocobase_marker: "{{ nocobase_application }}/.nbcluster-alone"\n\n'
    yield str(environment.finalize(t_4(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The line of /etc/fstab; empty where server and export were not given: then mount the share yourself.'))))
    yield '\nnocobase_mount_line: '
    yield str(environment.finalize(t_1((undefined(name='mount_line') if l_0_mount_line is missing else l_0_mount_line))))
    yield '\nnocobase_mount_command: mount\nnocobase_mount_required: true\nnocobase_fstab: /etc/fstab\n\n'
    yield str(environment.finalize(t_4(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'What only a person can say: -e nocobase_gate_passed=true, -e nocobase_backup_done=true.'))))
    yield '\nnocobase_gate_passed: false\nnocobase_backup_done: false\n\n'
    yield str(environment.finalize(t_4(context.call((undefined(name='_') if l_0__ is missing else l_0__), '5 minutes for health; a node that stops gets its time, too.'))))
    yield '\nnocobase_health_tries: 150\nnocobase_health_pause: 2\nnocobase_stop_seconds: 90\n\n'
    yield str(environment.finalize(t_4(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Variables in front of a command beat .env, also empty ones: one process, local locks.'))))
    yield '\nnocobase_first_boot_environment:\n'
    for (l_1_variable, l_1_value) in context.call(environment.getattr((undefined(name='first_boot') if l_0_first_boot is missing else l_0_first_boot), 'items')):
        _loop_vars = {}
        pass
        yield '  '
        yield str(environment.finalize(t_3(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_1(l_1_value)))
        yield '\n'
    l_1_variable = l_1_value = missing
    yield 'nocobase_maintenance_environment:\n'
    for (l_1_variable, l_1_value) in context.call(environment.getattr((undefined(name='alone') if l_0_alone is missing else l_0_alone), 'items')):
        _loop_vars = {}
        pass
        yield '  '
        yield str(environment.finalize(t_3(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_1(l_1_value)))
        yield '\n'
    l_1_variable = l_1_value = missing
    yield 'nocobase_environment: {}\n\n'
    yield str(environment.finalize(t_4(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Commands of a node. Running ends with 0 while the node runs.'))))
    yield '\n'
    for (l_1_variable, l_1_command) in context.call(environment.getattr((undefined(name='commands') if l_0_commands is missing else l_0_commands), 'items')):
        _loop_vars = {}
        pass
        yield str(environment.finalize(t_3(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_2(l_1_command)))
        yield '\n'
    l_1_variable = l_1_command = missing
    yield 'nocobase_alone_stop:\n'
    for l_1_command in (undefined(name='alone_stop') if l_0_alone_stop is missing else l_0_alone_stop):
        _loop_vars = {}
        pass
        yield '  - '
        yield str(environment.finalize(t_1(l_1_command)))
        yield '\n'
    l_1_command = missing
    yield 'nocobase_unit: '
    yield str(environment.finalize(t_3((undefined(name='unit') if l_0_unit is missing else l_0_unit))))
    yield '\nnocobase_health_program: '
    yield str(environment.finalize(t_3((undefined(name='program') if l_0_program is missing else l_0_program))))
    yield '\nnocobase_reload_units: systemctl daemon-reload\n'
    if (undefined(name='balancer') if l_0_balancer is missing else l_0_balancer):
        pass
        yield '\n'
        yield str(environment.finalize(t_4(context.call((undefined(name='_') if l_0__ is missing else l_0__), "The balancer's file, and who judges it before it is loaded."))))
        yield '\n'
        for (l_1_variable, l_1_value) in context.call(environment.getattr((undefined(name='balancer') if l_0_balancer is missing else l_0_balancer), 'items')):
            _loop_vars = {}
            pass
            yield str(environment.finalize(t_3(l_1_variable)))
            yield ': '
            yield str(environment.finalize(t_1(l_1_value)))
            yield '\n'
        l_1_variable = l_1_value = missing

blocks = {}
debug_info = '2=46&3=48&4=50&5=52&6=54&9=56&10=58&15=60&19=62&24=64&26=66&27=70&30=76&31=80&35=86&36=88&37=91&40=97&41=101&43=105&44=107&46=109&48=112&49=114&50=117'
