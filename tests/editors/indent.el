;; Indents the files that are named in $FILES, by editors/emacs/fluentai-mode.el.
(add-to-list 'load-path (concat (getenv "EDITORS") "/emacs"))
(require 'fluentai-mode)
(setq make-backup-files nil create-lockfiles nil inhibit-message t)
(dolist (file (split-string (getenv "FILES") "\n" t))
  (find-file file)
  (indent-region (point-min) (point-max))
  (save-buffer)
  (kill-buffer))
