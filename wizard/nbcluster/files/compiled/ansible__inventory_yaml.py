"""ansible/inventory.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "b2be48a909ea0729f7341e30ff30969904a6e0b589f2be8219d410edb2715fee"
__file__ = "ansible/inventory.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'ansible/inventory.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_first = resolve('first')
    l_0_others = resolve('others')
    l_0_balancer = resolve('balancer')
    try:
        t_1 = environment.filters['ansible']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'ansible' found.")
    try:
        t_2 = environment.filters['bare']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'bare' found.")
    try:
        t_3 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    try:
        t_4 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield '---\n'
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The nodes as they were answered. Written by nbcluster: run it again rather than edit.'))))
    yield '\nnocobase_nodes:\n  children:\n    '
    yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Installs and upgrades, alone.'))))
    yield '\n    nocobase_first:\n      hosts:\n        '
    yield str(environment.finalize(t_4(environment.getattr((undefined(name='first') if l_0_first is missing else l_0_first), 'name'))))
    yield ':\n'
    for (l_1_variable, l_1_value) in context.call(environment.getattr(environment.getattr((undefined(name='first') if l_0_first is missing else l_0_first), 'variables'), 'items')):
        _loop_vars = {}
        pass
        yield '          '
        yield str(environment.finalize(t_2(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_1(l_1_value)))
        yield '\n'
    l_1_variable = l_1_value = missing
    yield '    nocobase_others:\n'
    if (undefined(name='others') if l_0_others is missing else l_0_others):
        pass
        yield '      hosts:\n'
        for l_1_host in (undefined(name='others') if l_0_others is missing else l_0_others):
            _loop_vars = {}
            pass
            yield '        '
            yield str(environment.finalize(t_4(environment.getattr(l_1_host, 'name'))))
            yield ':\n'
            for (l_2_variable, l_2_value) in context.call(environment.getattr(environment.getattr(l_1_host, 'variables'), 'items'), _loop_vars=_loop_vars):
                _loop_vars = {}
                pass
                yield '          '
                yield str(environment.finalize(t_2(l_2_variable)))
                yield ': '
                yield str(environment.finalize(t_1(l_2_value)))
                yield '\n'
            l_2_variable = l_2_value = missing
        l_1_host = missing
    else:
        pass
        yield '      hosts: {}\n'
    if (undefined(name='balancer') if l_0_balancer is missing else l_0_balancer):
        pass
        yield str(environment.finalize(t_3(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Where the balancer runs was not asked. Without a host here its file is left alone. In another inventory beside\nthis one (ansible-playbook -i ansible/inventory.yaml -i balancer.yaml) the host outlives the next run of nbcluster:'))))
        yield '\n# nocobase_balancer: {hosts: {balancer1: {ansible_host: 10.0.0.9}}}\n'
    yield 'nocobase_balancer:\n  hosts: {}\n'

blocks = {}
debug_info = '2=40&5=42&8=44&9=46&10=50&13=56&15=59&16=63&17=65&18=69&24=78&26=80'
