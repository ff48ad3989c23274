/** The model card's own words; what it shares with the validation page is in models/validation/words.ts. */
export const CARD_WORDS = {
  title: { en: 'Model card', 'zh-CN': '模型卡' },
  purpose: { en: 'Purpose', 'zh-CN': '用途' },
  purposeText: {
    en: 'Estimates the probability that a customer defaults within the horizon, for decisions that a person can check: an additive model whose contributions sum exactly to its log-odds.',
    'zh-CN': '估计客户在观察期内违约的概率，供可由人复核的决策使用：加法模型，各项贡献之和恰为其对数几率。',
  },
  hazardText: {
    en: 'Estimates, for each step of age, the probability that a loan which reached it defaults in it; the product over steps gives the PD over each horizon up to the longest age seen, and none beyond. It decides about nobody by itself.',
    'zh-CN':
      '估计存续贷款在每一账龄段内违约的概率；逐段连乘得到不超过已观察最长账龄的各期限违约概率，超出部分不可得。本模型本身不作决策。',
  },
  latePayment: {
    en: 'Estimates the probability that a customer pays late within the horizon, for decisions that a person can check: an additive model whose contributions sum exactly to its log-odds.',
    'zh-CN': '估计客户在观察期内逾期付款的概率，供可由人复核的决策使用：加法模型，各项贡献之和恰为其对数几率。',
  },
  target: { en: 'Outcome', 'zh-CN': '目标定义' },
  horizon: { en: 'Horizon', 'zh-CN': '观察期' },
  months: { en: 'months', 'zh-CN': '个月' },
  hash: { en: 'Model hash (SHA-256)', 'zh-CN': '模型哈希（SHA-256）' },
  data: { en: 'Training data', 'zh-CN': '训练数据' },
  trainingSet: { en: 'Training set hash', 'zh-CN': '训练集哈希' },
  spec: { en: 'Specification hash', 'zh-CN': '规范哈希' },
  views: { en: 'Feature view hashes', 'zh-CN': '特征视图哈希' },
  trainer: { en: 'Trainer', 'zh-CN': '训练器' },
  seed: { en: 'seed', 'zh-CN': '随机种子' },
  structure: { en: 'Structure', 'zh-CN': '结构' },
  features: { en: 'features', 'zh-CN': '个特征' },
  pairs: { en: 'pairs', 'zh-CN': '个交互项' },
  performance: { en: 'Performance', 'zh-CN': '模型表现' },
  outOfFold: { en: 'Out of fold, on the training data', 'zh-CN': '训练数据折外估计' },
  onTest: { en: 'On rows that the model was not trained on', 'zh-CN': '未参与训练的样本' },
  noTest: {
    en: 'No test rows were given: discrimination, calibration, gates and fairness by group are not shown. Out-of-fold figures are optimistic on small data.',
    'zh-CN': '未提供测试样本：不显示区分能力、校准、验证门槛与分组公平性。小样本上的折外估计偏乐观。',
  },
  calibrationFold: { en: 'Calibration folded in', 'zh-CN': '已并入的校准' },
  noCalibration: { en: 'none: it did not lower the out-of-fold log-loss', 'zh-CN': '无：未降低折外对数损失' },
  centralTendency: {
    en: 'Central tendency: bad rate of the sample → target; added to the log-odds',
    'zh-CN': '中心趋势：样本违约率 → 目标违约率；加到对数几率上的截距',
  },
  noStability: {
    en: 'Not measured: it needs the training rows beside the test rows.',
    'zh-CN': '未测量：需要同时提供训练样本与测试样本。',
  },
  shapesNote: {
    en: 'Line: contribution; shaded: 95 % band over the bags; grey bars at the foot: training rows in each bin. Above 0 is riskier.',
    'zh-CN': '线：贡献；阴影：多次抽样的 95% 区间；底部灰柱：各箱训练样本数。大于 0 表示风险更高。',
  },
  heatMaps: { en: 'Pairs: what two features add together', 'zh-CN': '交互项：两个特征共同的附加贡献' },
  heatNote: {
    en: 'Orange is riskier, green is safer than the two features taken singly; full colour is the largest value of its table, given in brackets.',
    'zh-CN': '橙色表示风险更高，绿色表示更安全（相对于两个特征单独之和）；最深色为该表最大值，见括号。',
  },
  fairness: { en: 'Fairness', 'zh-CN': '公平性' },
  benchmarkOnly: {
    en: 'Benchmark-only: this model uses protected attributes or is a yardstick; it cannot be approved for decisions.',
    'zh-CN': '仅供基准比较：本模型使用受保护属性或仅作对照，不得批准用于决策。',
  },
  protectedOut: {
    en: 'Protected attributes, kept out of the model:',
    'zh-CN': '未进入模型的受保护属性：',
  },
  noProtected: { en: 'No protected attribute was declared.', 'zh-CN': '未声明受保护属性。' },
  limits: { en: 'Limits', 'zh-CN': '局限' },
  limitRange: {
    en: 'Values beyond what training saw take the outermost bin, and categories never seen a bin of their own; scoring flags such categories, and values well beyond.',
    'zh-CN': '超出训练范围的取值归入最外侧箱，未见过的类别归入专用箱；评分时会标记此类类别及明显超出范围的取值。',
  },
  limitBinding: {
    en: 'Declared directions bind ordinary values only; missing values and special codes may stand anywhere.',
    'zh-CN': '声明的单调方向仅约束普通取值；缺失值与特殊代码不受约束。',
  },
  limitCause: {
    en: 'Contributions describe associations in the training data, not causes.',
    'zh-CN': '贡献描述训练数据中的关联，而非因果。',
  },
  limitPopulation: {
    en: 'Figures hold for customers like those of the training data; watch stability, and validate again before other use.',
    'zh-CN': '上述指标仅适用于与训练数据相似的客户；请监测稳定性，用于其他客群前须重新验证。',
  },
  warnings: { en: 'Raised while training', 'zh-CN': '训练中的提示' },
} as const satisfies { readonly [word: string]: { readonly en: string; readonly 'zh-CN': string } };

export type CardWord = keyof typeof CARD_WORDS;
