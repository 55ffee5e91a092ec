// What would save, what goes together, and what does not pay.

function planCard(report, plan) {
  const target = targetOf(report, plan.target);
  return el('li', {class: 'plan'},
    el('p', null, el('strong', null, signedPercent(plan.saving_pct)), ' on ' + plan.target + ': ',
      si(target.energy_j.value, 'J') + ' → ' + si(plan.energy_j, 'J')),
    el('p', {class: 'muted'}, plan.ids.join(', ') + ' · risk to accuracy: ' + plan.risk +
      (plan.needs_accuracy_work ? ' · needs work on the accuracy' : '')),
    command('energy-opt optimize MODEL ' + plan.apply + ' -o OUT'));
}

function suggestionDetails(report, s, target) {
  const byName = new Map(report.rows.map(op => [op.name, op]));
  const named = s.ops.map(name => byName.has(name) ? opLink(report, byName.get(name), target) : name);
  return folded('Why and where', [el('p', null, s.rationale),
    s.apply && el('p', null, 'Apply: ', command(s.apply)),
    s.ops.length > 0 && [el('h4', null, 'Changes ' + plural(s.ops.length, 'place')), shortList(named)],
    s.kept.length > 0 && [el('h4', null, 'Leaves'), shortList(s.kept)]]);
}

function savingText(s, name) {
  if (s.saving_carbon_g && s.saving_carbon_g[name]) return si(s.saving_carbon_g[name], 'g') + ' CO₂e';
  return s.saving_pct[name] === undefined ? NONE : signedPercent(s.saving_pct[name]);
}

function renderSuggestions(host, report, target) {
  if (report.plans.length)
    add(host, [el('h3', null, 'Plans'), el('ul', {class: 'plans'}, report.plans.map(plan => planCard(report, plan)))]);
  if (report.suggestions.length) {
    const columns = [{title: 'Suggestion', head: true}, ...report.targets.map(t => ({title: t.name, num: true})),
      {title: 'Exact'}, {title: 'Risk'}, {title: 'Effort'}];
    add(host, [el('h3', null, 'Suggestions'), table('Suggestions with their change of energy', columns,
      report.suggestions.map(s => [[el('span', {class: 'id'}, s.id), el('span', {class: 'block'}, s.title), suggestionDetails(report, s, target)],
        ...report.targets.map(t => savingText(s, t.name)), s.exact ? 'yes' : 'no', s.risk, s.effort]), {class: 'suggestions'})]);
  } else {
    add(host, el('p', {class: 'muted'}, 'No change was found that saves at least 0.5 % of the energy, or none was looked for ' +
      '(only ONNX models, for inference).'));
  }
  if (report.not_advised.length)
    add(host, folded('What does not pay here (' + report.not_advised.length + ')', table('Popular changes that do not pay',
      [{title: 'Change', head: true}, {title: 'Target'}, {title: 'Energy', num: true}, {title: 'Reason'}],
      report.not_advised.map(r => [r.id, r.target, signedPercent(r.saving_pct), r.reason]), {class: 'prose'})));
  if (report.not_sought.length)
    add(host, el('p', {class: 'muted'}, 'Not looked for on a graph of this size: ' + report.not_sought.join(', ') + '. --checks names them.'));
}
