"""systemd/nocobase-health.timer.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "9c6eaf3e7c7ac19193637b661a3ee327a53ce9f4bf89887f129fe5d1732a62d8"
__file__ = "systemd/nocobase-health.timer.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'systemd/nocobase-health.timer.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_off = resolve('off')
    try:
        t_1 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    pass
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Copy to /etc/systemd/system/ on every node. It runs while nocobase.service does, and never by itself.'))))
    yield '\n'
    yield str(environment.finalize(t_1(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The switch: `touch {file}` turns it off on a node, removing that file turns it on again.'), 'format'), file=(undefined(name='off') if l_0_off is missing else l_0_off)))))
    yield '\n[Unit]\nDescription=NocoBase node: health four times a minute\nPartOf=nocobase.service\n\n[Timer]\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Acts on what it sees twice in a row: on the first node at most half a minute after the lost server answers again.'))))
    yield '\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'By the clock, on every node alike: the nodes then take turns by their number.'))))
    yield '\nOnCalendar=*:*:0/15\nAccuracySec=1s\n'

blocks = {}
debug_info = '1=19&2=21&8=23&9=25'
