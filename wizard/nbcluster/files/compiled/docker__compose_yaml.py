"""docker/compose.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "fb357aec54b3c94fda3f362f76723b716dca28fad5a3f7129c4364b0d944bfa1"
__file__ = "docker/compose.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'docker/compose.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_cluster = resolve('cluster')
    l_0_shared = resolve('shared')
    l_0_authority_inside = resolve('authority_inside')
    l_0_health = resolve('health')
    l_0_command = resolve('command')
    l_0_first_boot_command = resolve('first_boot_command')
    l_0_first_boot = resolve('first_boot')
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
        t_3 = environment.filters['compose']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'compose' found.")
    try:
        t_4 = environment.filters['flow']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'flow' found.")
    pass
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The same on every node, beside its env file: ../.env is the complete one of the node. Needs compose 2.30 or later.'))))
    yield '\nname: nocobase-'
    yield str(environment.finalize(t_1(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'name'))))
    yield '\n\nx-nocobase: &nocobase\n  image: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'image'))))
    yield '\n  env_file:\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'raw: quotes, # and $ are a part of the values, as for docker run --env-file'))))
    yield '\n    - path: ../.env\n      format: raw\n  volumes:\n    - type: bind\n      source: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'share'), 'root'))))
    yield '\n      target: '
    yield str(environment.finalize(t_3((undefined(name='shared') if l_0_shared is missing else l_0_shared))))
    yield '\n      bind:\n        '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'a share that is not mounted must not become an empty folder'))))
    yield '\n        create_host_path: false\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'authority'):
        pass
        yield '    - type: bind\n      source: '
        yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'authority'))))
        yield '\n      target: '
        yield str(environment.finalize(t_3((undefined(name='authority_inside') if l_0_authority_inside is missing else l_0_authority_inside))))
        yield '\n      read_only: true\n      bind:\n        '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'a share that is not mounted must not become an empty folder'))))
        yield '\n        create_host_path: false\n'
    yield '  ports:\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "only on the node's own address: on all of them it would be open past the firewall and the balancer. Both stand in .env beside this file."))))
    yield '\n    - "${NODE_ADDRESS:?}:${NODE_PORT:-'
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '}:'
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '"\n  init: true\n  stop_grace_period: 60s\n  healthcheck:\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'A running process proves nothing: NocoBase stays up and answers 503.'))))
    yield '\n    test: '
    yield str(environment.finalize(t_4(['CMD', 'node', '-e', (undefined(name='health') if l_0_health is missing else l_0_health)])))
    yield '\n    interval: 15s\n    timeout: 10s\n    retries: 4\n    start_period: 300s\n  logging:\n    options:\n      max-size: "50m"\n      max-file: "5"\n\nservices:\n  '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'A node as it runs. Without --quickstart, so that it neither installs nor upgrades: that belongs to one node and to first-boot.'))))
    yield '\n  node:\n    <<: *nocobase\n    command: '
    yield str(environment.finalize(t_4((undefined(name='command') if l_0_command is missing else l_0_command))))
    yield '\n    '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'nocobase.service starts it, and again when it ends: docker would start it before the share is mounted'))))
    yield '\n    restart: "no"\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'authority'):
        pass
        yield '    environment:\n      NODE_EXTRA_CA_CERTS: '
        yield str(environment.finalize(t_3((undefined(name='authority_inside') if l_0_authority_inside is missing else l_0_authority_inside))))
        yield '\n'
    yield '\n  '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'One node alone installs or upgrades: docker compose --profile first-boot up first-boot'))))
    yield '\n  first-boot:\n    <<: *nocobase\n    profiles: [first-boot]\n    command: '
    yield str(environment.finalize(t_4((undefined(name='first_boot_command') if l_0_first_boot_command is missing else l_0_first_boot_command))))
    yield '\n    restart: "no"\n    environment:\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'authority'):
        pass
        yield '      NODE_EXTRA_CA_CERTS: '
        yield str(environment.finalize(t_3((undefined(name='authority_inside') if l_0_authority_inside is missing else l_0_authority_inside))))
        yield '\n'
    for (l_1_variable, l_1_value) in context.call(environment.getattr((undefined(name='first_boot') if l_0_first_boot is missing else l_0_first_boot), 'items')):
        _loop_vars = {}
        pass
        yield '      '
        yield str(environment.finalize(t_1(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_3(l_1_value)))
        yield '\n'
    l_1_variable = l_1_value = missing

blocks = {}
debug_info = '1=43&2=45&5=47&7=49&12=51&13=53&15=55&17=57&19=60&20=62&23=64&27=67&28=69&32=73&33=75&44=77&47=79&48=81&50=83&52=86&55=89&59=91&62=93&63=96&65=98&66=102'
