"""kubernetes/storage.yaml.j2, compiled by jinja2 3.1.6: make templates."""
STATE = "f3c72110de3d7c13436ce23d370206ee27b41425d1dcc5a9a15401e99f4acb42"
__file__ = "kubernetes/storage.yaml.j2"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'kubernetes/storage.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0__ = resolve('_')
    l_0_base = resolve('base')
    l_0_cluster = resolve('cluster')
    try:
        t_1 = environment.filters['comment']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'comment' found.")
    try:
        t_2 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'Written by nbcluster: run it again rather than edit this file.'))))
    yield '\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: '
    yield str(environment.finalize(t_2(str_join(((undefined(name='base') if l_0_base is missing else l_0_base), '-storage', )))))
    yield '\n  namespace: '
    yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'namespace'))))
    yield '\n  labels:\n    nocobase-cluster: '
    yield str(environment.finalize(t_2((undefined(name='base') if l_0_base is missing else l_0_base))))
    yield '\nspec:\n  '
    yield str(environment.finalize(t_1(context.call((undefined(name='_') if l_0__ is missing else l_0__), 'every pod mounts it, on whatever machine it runs'))))
    yield '\n  accessModes:\n    - "ReadWriteMany"\n'
    if environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'storage_class'):
        pass
        yield '  storageClassName: '
        yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'storage_class'))))
        yield '\n'
    yield '  resources:\n    requests:\n      storage: '
    yield str(environment.finalize(t_2(environment.getattr(environment.getattr((undefined(name='cluster') if l_0_cluster is missing else l_0_cluster), 'kubernetes'), 'storage_size'))))
    yield '\n'

blocks = {}
debug_info = '1=26&5=28&6=30&8=32&10=34&13=36&14=39&18=42'
