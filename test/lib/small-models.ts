// Small files of trained models, as a bundle may bring them.

/** LightGBM: amount <= 100 gives -1, else hour <= 6 gives 2, else 0.5; then country (0, 2 against the rest) gives -0.25 or 0.25. */
export const SMALL_LIGHTGBM = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=binary sigmoid:1
feature_names=amount hour country
feature_infos=[0:1000] [0:23] 0:1:2
tree_sizes=1 1

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
threshold=100 6
decision_type=2 8
left_child=-1 -2
right_child=1 -3
leaf_value=-1 2 0.5
leaf_count=60 5 35
internal_count=100 40
shrinkage=1


Tree=1
num_leaves=2
num_cat=1
split_feature=2
threshold=0
decision_type=1
left_child=-1
right_child=-2
leaf_value=-0.25 0.25
leaf_count=50 50
internal_count=100
cat_boundaries=0 1
cat_threshold=5
shrinkage=1


end of trees

pandas_categorical:null
`;

/** XGBoost: three classes, a tree each over the features a and b; of its sums, base 0. */
export const SMALL_XGBOOST = JSON.stringify({
  learner: {
    attributes: { best_iteration: '0' },
    feature_names: ['a', 'b'],
    feature_types: ['float', 'float'],
    gradient_booster: {
      model: {
        gbtree_model_param: { num_parallel_tree: '1', num_trees: '3' },
        tree_info: [0, 1, 2],
        trees: [stump(0, 1, -1, 0), stump(1, 0.5, 0.25, -0.25), stump(0, 2, 0, 3)],
      },
      name: 'gbtree',
    },
    learner_model_param: { base_score: '5E-1', num_class: '3', num_feature: '2', num_target: '1' },
    objective: { name: 'multi:softprob' },
  },
  version: [2, 1, 0],
});

function stump(feature: number, threshold: number, left: number, right: number): object {
  return {
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: [1, 0, 0],
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_conditions: [threshold, left, right],
    split_indices: [feature, 0, 0],
    split_type: [0, 0, 0],
    sum_hessian: [10, 4, 6],
    tree_param: { num_deleted: '0', num_feature: '2', num_nodes: '3', size_leaf_vector: '1' },
  };
}
