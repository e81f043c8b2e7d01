// V44xx: ensembles of trees.

import { EXAMPLE_HEAD } from './base.js';
import { type Example, files, type Pages, ruleText } from './page.js';

/** LightGBM, one tree: hour <= 6 gives 0.75, else -0.75. */
const MODEL = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=0
objective=binary sigmoid:1
feature_names=hour
feature_infos=[0:23]
tree_sizes=1

Tree=0
num_leaves=2
num_cat=0
split_feature=0
threshold=6
decision_type=8
left_child=-1
right_child=-2
leaf_value=0.75 -0.75
shrinkage=1

end of trees
`;

/** The definition of an ensemble, and a rule that reads it. */
function ensemble(definition: string, model = MODEL): Example {
  return {
    ...files({
      'models/night.txt': model,
      'ensembles/night.yaml': definition,
      'rules/example.yaml': ruleText('night.score > 0.6'),
    }),
    shown: `# ensembles/night.yaml\n${definition}`,
  };
}

const BASIC = 'model: models/night.txt\ninputs: { hour: hour }\n';
const FIRST_HEAD = EXAMPLE_HEAD.replace('combine: score', 'combine: first').replace(/ +- \{ atLeast.*\n/, '');

/** The same in a bundle in which the first hit decides. */
function first(definition: string): Example {
  const { files: texts, shown } = ensemble(definition);
  const rule = ruleText('night.score > 0.6', '{ outcome: decline, reason: NIGHT }');
  return { files: { ...texts, 'bundle.yaml': FIRST_HEAD, 'rules/example.yaml': rule }, shown: shown! };
}

export const ENSEMBLE_PAGES: Pages = {
  V4400: {
    why: 'Files of XGBoost (JSON, UBJSON, the old binary), LightGBM (text, JSON dump) and ONNX (tree ensembles) are read. A pickle is a program and is never run; a linear booster has no trees; what is damaged could predict anything.',
    wrong: ensemble(BASIC, MODEL.replace('leaf_value=0.75 -0.75', 'leaf_value=0.75')),
    right: ensemble(BASIC),
  },
  V4401: {
    why: 'Each feature that the trees test needs a value, and each input a feature: a misspelled one would always be missing.',
    wrong: ensemble('model: models/night.txt\ninputs: { hours: hour }\n'),
    right: ensemble(BASIC),
  },
  V4402: {
    why: 'Trees test numbers. A boolean is 1 or 0, a decimal its value; which number stands for a word has to be the one of the training.',
    wrong: ensemble('model: models/night.txt\ninputs: { hour: channel }\n'),
    right: ensemble('model: models/night.txt\ninputs:\n  hour: { value: channel, categories: [web, app, branch] }\n'),
  },
  V4403: {
    why: 'Classes are named all or not at all, and reasons explain one of them.',
    wrong: ensemble(`${BASIC}classes: [day, evening, night]\n`),
    right: ensemble(`${BASIC}classes: [day, night]\n`),
  },
  V4404: {
    why: 'Reasons of an ensemble stand beside those of rules. Where the first hit decides alone, there is nothing beside it.',
    wrong: first(`${BASIC}reasons: { codes: { hour: NIGHT_HOUR } }\n`),
    right: first(BASIC),
  },
};
