"""kubernetes/parts/pod.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "389823dc826926eb7d720b42c6bac8756de8c1f5fab35af78a59015183307186"
__file__ = "kubernetes/parts/pod.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/parts/pod.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_cluster = resolve('cluster')
    l_0_command = resolve('command')
    l_0_requests = resolve('requests')
    l_0_base = resolve('base')
    l_0_variables = resolve('variables')
    l_0_probes = resolve('probes')
    l_0_liveness = resolve('liveness')
    l_0_liveness_period = resolve('liveness_period')
    l_0_liveness_tries = resolve('liveness_tries')
    l_0_shared = resolve('shared')
    l_0_authority_folder = resolve('authority_folder')
    try:
        t_1 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    try:
        t_2 = environment.filters['flow']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'flow' found.")
    try:
        t_3 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield 'enableServiceLinks: false\nautomountServiceAccountToken: false\nterminationGracePeriodSeconds: 60\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'reaps what ends in the container, as init does in docker'))))
    yield '\nshareProcessNamespace: true\n'
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'the image runs as root, so runAsNonRoot is not among these'))))
    yield '\nsecurityContext:\n  seccompProfile:\n    type: "RuntimeDefault"\ncontainers:\n  - name: "nocobase"\n    image: '
    yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'image'))))
    yield '\n    args: '
    yield str(environment.finalize(t_2((undefined(name='command') if l_0_command is missing else l_0_command))))
    yield '\n    securityContext:\n      allowPrivilegeEscalation: false\n    '
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'without requests a pod is the first to be evicted'))))
    yield '\n    resources:\n      requests:\n        cpu: '
    yield str(environment.finalize(t_3(environment.getattr((undefined(name='requests') if l_0_requests is missing else l_0_requests), 'cpu'))))
    yield '\n        memory: '
    yield str(environment.finalize(t_3(environment.getattr((undefined(name='requests') if l_0_requests is missing else l_0_requests), 'memory'))))
    yield '\n    ports:\n      - name: "http"\n        containerPort: '
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '\n    envFrom:\n      - configMapRef:\n          name: '
    yield str(environment.finalize(t_3(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-config', )))))
    yield '\n      - secretRef:\n          name: '
    yield str(environment.finalize(t_3(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-secret', )))))
    yield '\n'
    if (undefined(name='variables') if l_0_variables is missing else l_0_variables):
        pass
        yield '    env:\n'
        for (l_1_variable, l_1_value) in context.call(environment.getattr((undefined(name='variables') if l_0_variables is missing else l_0_variables), 'items')):
            _loop_vars = {}
            pass
            yield '      - name: '
            yield str(environment.finalize(t_3(l_1_variable)))
            yield '\n        value: '
            yield str(environment.finalize(t_3(l_1_value)))
            yield '\n'
        l_1_variable = l_1_value = missing
    if ('startup' in (undefined(name='probes') if l_0_probes is missing else l_0_probes)):
        pass
        yield '    startupProbe:\n      tcpSocket:\n        port: "http"\n      periodSeconds: 10\n      timeoutSeconds: 5\n      failureThreshold: 60\n'
    if ('readiness' in (undefined(name='probes') if l_0_probes is missing else l_0_probes)):
        pass
        yield '    readinessProbe:\n      httpGet:\n        path: '
        yield str(environment.finalize(t_3(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'health_path'))))
        yield '\n        port: "http"\n      periodSeconds: 10\n      timeoutSeconds: 5\n      failureThreshold: 2\n'
    if ('liveness' in (undefined(name='probes') if l_0_probes is missing else l_0_probes)):
        pass
        yield '    '
        yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Ends a pod only for a cause that a restart cures. On the health path itself it would end one that is at work: NocoBase answers 503 while it enables a plugin or restores a backup.'))))
        yield '\n    livenessProbe:\n      exec:\n        command: '
        yield str(environment.finalize(t_2((undefined(name='liveness') if l_0_liveness is missing else l_0_liveness))))
        yield '\n      periodSeconds: '
        yield str(environment.finalize((undefined(name='liveness_period') if l_0_liveness_period is missing else l_0_liveness_period)))
        yield '\n      timeoutSeconds: 10\n      failureThreshold: '
        yield str(environment.finalize((undefined(name='liveness_tries') if l_0_liveness_tries is missing else l_0_liveness_tries)))
        yield '\n'
    yield '    volumeMounts:\n      - name: "storage"\n        mountPath: '
    yield str(environment.finalize(t_3((undefined(name='shared') if l_0_shared is missing else l_0_shared))))
    yield '\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'authority'):
        pass
        yield '      - name: "authority"\n        mountPath: '
        yield str(environment.finalize(t_3((undefined(name='authority_folder') if l_0_authority_folder is missing else l_0_authority_folder))))
        yield '\n        readOnly: true\n'
    yield 'volumes:\n  - name: "storage"\n    persistentVolumeClaim:\n      claimName: '
    yield str(environment.finalize(t_3(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-storage', )))))
    yield '\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'authority'):
        pass
        yield '  - name: "authority"\n    configMap:\n      name: '
        yield str(environment.finalize(t_3(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-authority', )))))
        yield '\n'

blocks = {}
debug_info = '4=42&6=44&12=46&13=48&16=50&19=52&20=54&23=56&26=58&28=60&29=62&31=65&32=69&33=71&36=74&44=77&47=80&53=82&54=85&57=87&58=89&60=91&64=94&65=96&67=99&73=102&74=104&77=107'
