"""systemd/nocobase-health.service.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "8019e05bebb75fe04ece14331d26182c02822a6c314cede16306c9190bfbf5db"
__file__ = "systemd/nocobase-health.service.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'systemd/nocobase-health.service.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_program = resolve('program')
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
    yield str(environment.finalize(t_2(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Copy to /etc/systemd/system/ on every node, and nocobase-health.sh to {file}.'), 'format'), file=(undefined(name='program') if l_0_program is missing else l_0_program)))))
    yield '\n[Unit]\nDescription=NocoBase node: restart where only that helps\nAfter=nocobase.service\n\n[Service]\nType=oneshot\nExecStart=/bin/sh '
    yield str(environment.finalize(t_1((undefined(name='program') if l_0_program is missing else l_0_program))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'When it restarted the node; gone with the next boot.'))))
    yield '\nRuntimeDirectory=nocobase-health\nRuntimeDirectoryPreserve=yes\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'One line in the journal for each restart, and none for each look.'))))
    yield '\nSyslogLevel=notice\nLogLevelMax=notice\n'

blocks = {}
debug_info = '1=25&8=27&9=29&12=31'
