"""docker/parts/address.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "ef4140a0749449b98eb7b56d8fd8a314e939068f56c4294200cd93a959055462"
__file__ = "docker/parts/address.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'docker/parts/address.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_node = resolve('node')
    l_0_everywhere = resolve('everywhere')
    l_0_address = resolve('address')
    l_0_port = resolve('port')
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
    pass
    yield str(environment.finalize(t_2(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), "For {node} alone: stands there as .env beside compose.yaml, which publishes the node's port on this address."), 'format'), node=(undefined(name='node') if l_0_node is missing else l_0_node)))))
    yield '\n'
    if (undefined(name='everywhere') if l_0_everywhere is missing else l_0_everywhere):
        pass
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "The node was named, and docker publishes on addresses only: this is all of them, past the firewall. Give the node's address."))))
        yield '\n'
    yield 'NODE_ADDRESS='
    yield str(environment.finalize(t_1((undefined(name='address') if l_0_address is missing else l_0_address))))
    yield '\nNODE_PORT='
    yield str(environment.finalize((undefined(name='port') if l_0_port is missing else l_0_port)))
    yield '\n'

blocks = {}
debug_info = '1=28&2=30&3=32&5=35&6=37'
