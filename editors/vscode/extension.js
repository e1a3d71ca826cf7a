// The client of "flc2c lsp".
'use strict';
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

/** @type {LanguageClient | undefined} */
let client;

// Starts and stops happen one after the other: a client that is still starting cannot be stopped.
let last = Promise.resolve();

/** @param {() => Promise<void>} act */
function next(act) {
  last = last.then(act).catch((error) => console.error(`flc2c lsp: ${error}`));
  return last;
}

async function start() {
  const settings = vscode.workspace.getConfiguration('fluentai');
  /** @type {string[]} */
  const folders = settings.get('includeFolders', []);
  const server = { command: settings.get('flc2c', 'flc2c'), args: ['lsp', ...folders.flatMap((folder) => ['-I', folder])] };
  client = new LanguageClient('fluentai', 'FluentAI', server, { documentSelector: [{ scheme: 'file', language: 'fluentai' }] });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    vscode.window.showErrorMessage(
      `Cannot start ${server.command} lsp: ${error instanceof Error ? error.message : error}. Install flc2c, or set fluentai.flc2c to its path.`);
  }
}

async function stop() {
  const stopping = client;
  client = undefined;
  if (stopping && stopping.needsStop()) await stopping.stop();
}

function restart() {
  next(stop);
  return next(start);
}

/** @param {vscode.ExtensionContext} context */
exports.activate = (context) => {
  next(start);
  context.subscriptions.push(
    vscode.commands.registerCommand('fluentai.restart', restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('fluentai')) restart();
    }));
};

exports.deactivate = () => next(stop);
