"""systemd/nocobase.service.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "84b7aac4fb51e089ae161a7306b7bb0098f82bd2bcb367d44fcb8a5ce04a2a2d"
__file__ = "systemd/nocobase.service.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'systemd/nocobase.service.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_deployment = resolve('deployment')
    l_0_share = resolve('share')
    l_0_room = resolve('room')
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
        t_3 = environment.filters['mount_unit']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'mount_unit' found.")
    try:
        t_4 = environment.filters['systemd']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'systemd' found.")
    try:
        t_5 = environment.filters['systemd_command']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'systemd_command' found.")
    pass
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Copy to /etc/systemd/system/ on every node. The application folder holds .env and is local to the node.'))))
    yield '\n[Unit]\nDescription=NocoBase node\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Not RequiresMountsFor: a share that fails to mount at boot would then end this unit, and nothing would try again.'))))
    yield '\nWants=network-online.target '
    if environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'in_docker'):
        pass
        yield 'docker.service '
    yield str(environment.finalize(t_3(environment.getattr((undefined(name='share') if l_0_share is missing else l_0_share), 'path'))))
    yield ' nocobase-health.timer\nAfter=network-online.target remote-fs.target '
    if environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'in_docker'):
        pass
        yield 'docker.service '
    yield str(environment.finalize(t_3(environment.getattr((undefined(name='share') if l_0_share is missing else l_0_share), 'path'))))
    yield '\nStartLimitIntervalSec=0\n\n[Service]\nType=simple\n'
    if environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'in_docker'):
        pass
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Not the folder above: compose would read the .env there, too, which is meant for the container and not quoted.'))))
        yield '\nWorkingDirectory='
        yield str(environment.finalize(t_4(str_join((environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'folder'), '/docker', )))))
        yield '\n'
    else:
        pass
        yield 'User='
        yield str(environment.finalize(t_1(environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'account'))))
        yield '\nWorkingDirectory='
        yield str(environment.finalize(t_4(environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'folder'))))
        yield '\n'
        if environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'authority'):
            pass
            yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Read before Node starts, so it has no effect in .env.'))))
            yield '\nEnvironment='
            yield str(environment.finalize(t_4(str_join(('NODE_EXTRA_CA_CERTS=', environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'authority'), )))))
            yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Without the share the node would start on an empty local folder. This fails until it is mounted, and is tried again every few seconds.'))))
    yield '\nExecStartPre=/usr/bin/mountpoint -q '
    yield str(environment.finalize(t_5(environment.getattr((undefined(name='share') if l_0_share is missing else l_0_share), 'path'))))
    yield '\n'
    if environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'in_docker'):
        pass
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'In the foreground, and with restart off in compose.yaml: only this unit starts the node, so never without the share.'))))
        yield '\nExecStart=/usr/bin/env docker compose up --no-color --no-log-prefix node\nExecStop=/usr/bin/env docker compose stop node\n'
    else:
        pass
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Without room on the disk pm2 would neither start the application nor end. This fails until there is room, and is tried again likewise.'))))
        yield '\nExecStartPre=/bin/sh -c '
        yield str(environment.finalize(t_5((undefined(name='room') if l_0_room is missing else l_0_room))))
        yield '\n'
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "Links the plugins of the share into this node's node_modules, as the container image does at every start."))))
        yield '\nExecStartPre=-/usr/bin/env yarn nocobase postinstall\n'
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Without --quickstart: installation and upgrade belong to one node and to the runbook.'))))
        yield '\nExecStart=/usr/bin/env yarn start\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'For a process that ends, whatever its status. One that goes on and answers 503 is the business of nocobase-health.timer.'))))
    yield '\nRestart=always\nRestartSec=5\n'
    if environment.getattr((undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), 'in_docker'):
        pass
        yield 'TimeoutStopSec=90\n'
    else:
        pass
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The application outlives its starter unless the whole group is stopped.'))))
        yield '\nKillMode=control-group\nTimeoutStopSec=60\nLimitNOFILE=65536\n'
    yield '\n[Install]\nWantedBy=multi-user.target\n'

blocks = {}
debug_info = '1=45&4=47&5=49&6=54&11=59&12=61&13=63&15=68&16=70&17=72&18=74&19=76&22=78&23=80&24=82&25=84&29=88&30=90&31=92&33=94&36=96&39=98&42=103'
