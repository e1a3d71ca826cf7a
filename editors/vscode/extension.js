// The client of "flc2c lsp".
'use strict';
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

function start() {
  const settings = vscode.workspace.getConfiguration('fluentai');
  const folders = settings.get('includeFolders').flatMap((folder) => ['-I', folder]);
  const server = { command: settings.get('flc2c'), args: ['lsp', ...folders] };
  client = new LanguageClient('fluentai', 'FluentAI', server, { documentSelector: [{ scheme: 'file', language: 'fluentai' }] });
  client.start().catch((error) => {
    vscode.window.showErrorMessage(
      `Cannot start ${server.command} lsp: ${error.message}. Install flc2c, or set fluentai.flc2c to its path.`);
  });
}

exports.activate = (context) => {
  start();
  context.subscriptions.push(vscode.commands.registerCommand('fluentai.restart', async () => {
    await exports.deactivate();
    start();
  }));
};

exports.deactivate = async () => {
  if (client && client.needsStop()) await client.stop();
};
