// Prints which scopes Visual Studio Code's engine gives to the tokens of a file by the grammar in editors/vscode.
// node scopes.js FILE, with vscode-textmate and vscode-oniguruma on NODE_PATH.
'use strict';
const fs = require('fs');
const path = require('path');
const textmate = require('vscode-textmate');
const oniguruma = require('vscode-oniguruma');

const grammarFile = path.join(__dirname, '../../editors/vscode/syntaxes/fluentai.tmLanguage.json');

async function loadGrammar() {
  const wasm = path.join(path.dirname(require.resolve('vscode-oniguruma')), 'onig.wasm');
  await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
  const onigLib = Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  });
  const read = async () => textmate.parseRawGrammar(fs.readFileSync(grammarFile, 'utf8'), grammarFile);
  return new textmate.Registry({ onigLib, loadGrammar: read }).loadGrammar('source.fluentai');
}

async function main() {
  const grammar = await loadGrammar();
  let state = textmate.INITIAL;
  for (const [index, line] of fs.readFileSync(process.argv[2], 'utf8').split('\n').entries()) {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const token of result.tokens) {
      const scopes = token.scopes.slice(1).map((scope) => scope.replace('.fluentai', '')).join(' ');
      const text = line.slice(token.startIndex, token.endIndex);
      if (scopes !== '' && text.trim() !== '') console.log(`${String(index + 1).padEnd(4)}${scopes.padEnd(34)} ${text.trim()}`);
    }
  }
  if (state.depth > 1) console.log('the file ends inside of something');
}

main();
