"""helm/values.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "8dd9de345d8b9a30779032de7d0856b1eba83f1e5622ce67a7d54350c2c6baed"
__file__ = "helm/values.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'helm/values.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_others = resolve('others')
    l_0_cluster = resolve('cluster')
    l_0_base = resolve('base')
    l_0_workload = resolve('workload')
    l_0_repository = resolve('repository')
    l_0_tag = resolve('tag')
    l_0_requests = resolve('requests')
    l_0_liveness = resolve('liveness')
    l_0_liveness_period = resolve('liveness_period')
    l_0_liveness_tries = resolve('liveness_tries')
    l_0_unset = resolve('unset')
    l_0_variables = resolve('variables')
    l_0_notes = resolve('notes')
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
        t_3 = environment.filters['flow']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'flow' found.")
    try:
        t_4 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Values for the official chart nocobase 0.1.0, instead of the claim, the ConfigMap, the Secret and the Deployments of kubernetes/.\nWritten by nbcluster: run it again rather than edit this file. It holds secrets, because the chart knows no Secret: its ConfigMap\nshows passwords and keys to whoever may read ConfigMaps. The manifests of kubernetes/ are the better way.'))))
    yield '\n# nbcluster:open-secrets\n#\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'What the chart cannot do, whatever stands here:'))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), '- It installs or upgrades at every start of every pod, without a lock. So the first boot and every upgrade go with one pod:\n  helm upgrade --install ... -f helm/values.yaml --set replicaCount=0, wait until no pod is left, then with\n  --set replicaCount=1 --set-string configMap.data.LOCK_ADAPTER_DEFAULT=local --set-string configMap.data.DISABLE_PKG_DOWNLOAD=\n  --set-string configMap.data.WORKER_MODE= and, once the pod is ready, without all these. Pods do not notice a changed ConfigMap: kubectl rollout restart.'))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), '- It updates pods one by one, which mixes versions: always go through replicaCount=0.'))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), '- It has one Deployment: one WORKER_MODE only.'))))
    yield '\n'
    for l_1_other in (undefined(name='others') if l_0_others is missing else l_0_others):
        _loop_vars = {}
        pass
        yield str(environment.finalize(t_2(context.call(environment.getattr(context.call((undefined(name='_') if l_0__ is missing else l_0__), '  {name} is not in here: where pods differ, use the manifests of kubernetes/ for all.', _loop_vars=_loop_vars), 'format'), name=environment.getattr(l_1_other, 'name'), _loop_vars=_loop_vars))))
        yield '\n'
    l_1_other = missing
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'authority'):
        pass
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), '- Its volumes and volumeMounts do nothing: bake the private authority into the image, at the path named below.'))))
        yield '\n'
    yield 'fullnameOverride: '
    yield str(environment.finalize(t_4((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\nreplicaCount: '
    yield str(environment.finalize(environment.getattr((undefined(name='workload') if l_0_workload is missing else l_0_workload), 'replicas')))
    yield '\nimage:\n  repository: '
    yield str(environment.finalize(t_4((undefined(name='repository') if l_0_repository is missing else l_0_repository))))
    yield '\n  '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'without a tag the chart takes 1.7'))))
    yield '\n  tag: '
    yield str(environment.finalize(t_4((undefined(name='tag') if l_0_tag is missing else l_0_tag))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Its own Service works; with these labels kubernetes/service.yaml finds the pods, too.'))))
    yield '\npodLabels:\n  nocobase-cluster: '
    yield str(environment.finalize(t_4((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\n  nocobase-requests: '
    yield str(environment.finalize(t_4(('yes' if environment.getattr((undefined(name='workload') if l_0_workload is missing else l_0_workload), 'serves_requests') else 'no'))))
    yield '\nservice:\n  port: '
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '\n  targetPort: '
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Its template names a helper that does not exist, and fails: use kubernetes/service.yaml and kubernetes/ingress.yaml.'))))
    yield '\ningress:\n  enabled: false\npersistent:\n  size: '
    yield str(environment.finalize(t_4(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'storage_size'))))
    yield '\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'storage_class'):
        pass
        yield '  storageClassName: '
        yield str(environment.finalize(t_4(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'storage_class'))))
        yield '\n'
    else:
        pass
        yield '  '
        yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'The chart writes an empty class into its claim, which turns off the default class: name one, or bind a volume by hand.'))))
        yield '\n  storageClassName: ""\n'
    yield 'podSecurityContext:\n  seccompProfile:\n    type: "RuntimeDefault"\nsecurityContext:\n  allowPrivilegeEscalation: false\nresources:\n  requests:\n    cpu: '
    yield str(environment.finalize(t_4(environment.getattr((undefined(name='requests') if l_0_requests is missing else l_0_requests), 'cpu'))))
    yield '\n    memory: '
    yield str(environment.finalize(t_4(environment.getattr((undefined(name='requests') if l_0_requests is missing else l_0_requests), 'memory'))))
    yield '\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'It has no startup probe. This one fails only for a cause that a restart cures, so no installation is killed half-way.'))))
    yield '\nlivenessProbe:\n  '
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "the chart's own is on the health path, which would end a pod that is at work"))))
    yield '\n  httpGet: null\n  exec:\n    command: '
    yield str(environment.finalize(t_3((undefined(name='liveness') if l_0_liveness is missing else l_0_liveness))))
    yield '\n  periodSeconds: '
    yield str(environment.finalize((undefined(name='liveness_period') if l_0_liveness_period is missing else l_0_liveness_period)))
    yield '\n  timeoutSeconds: 10\n  failureThreshold: '
    yield str(environment.finalize((undefined(name='liveness_tries') if l_0_liveness_tries is missing else l_0_liveness_tries)))
    yield '\nreadinessProbe:\n  httpGet:\n    path: '
    yield str(environment.finalize(t_4(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'health_path'))))
    yield '\n    port: '
    yield str(environment.finalize(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'deployment'), 'port')))
    yield '\n  periodSeconds: 10\n  timeoutSeconds: 5\n  failureThreshold: 2\n'
    yield str(environment.finalize(t_2(context.call((undefined(name='_') if l_0__ is missing else l_0__), "The chart's own values have a broken lock address, another time zone, credentials and no keys; what stands there and not\nhere is null, because Helm merges the two."))))
    yield '\nconfigMap:\n  data:\n'
    for l_1_variable in (undefined(name='unset') if l_0_unset is missing else l_0_unset):
        _loop_vars = {}
        pass
        yield '    '
        yield str(environment.finalize(t_1(l_1_variable)))
        yield ': null\n'
    l_1_variable = missing
    for (l_1_variable, l_1_value) in context.call(environment.getattr((undefined(name='variables') if l_0_variables is missing else l_0_variables), 'items')):
        _loop_vars = {}
        pass
        yield '    '
        yield str(environment.finalize(t_1(l_1_variable)))
        yield ': '
        yield str(environment.finalize(t_4(l_1_value)))
        yield '\n'
    l_1_variable = l_1_value = missing
    for l_1_note in (undefined(name='notes') if l_0_notes is missing else l_0_notes):
        _loop_vars = {}
        pass
        yield str(environment.finalize(t_2(l_1_note)))
        yield '\n'
    l_1_note = missing

blocks = {}
debug_info = '3=49&6=51&10=53&11=55&12=57&13=59&14=62&16=65&17=67&19=70&20=72&22=74&23=76&24=78&25=80&27=82&28=84&30=86&31=88&32=90&36=92&37=94&38=97&40=102&50=105&51=107&52=109&54=111&57=113&58=115&60=117&63=119&64=121&69=123&72=125&73=129&75=132&76=136&78=141&79=144'
