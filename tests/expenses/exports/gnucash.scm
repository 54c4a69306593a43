;; Import the QIF file named by the first argument as GnuCash's assistant does when all its questions are answered with
;; Next, and print each entry of each account:
;; account, date, number, description, notes and amount, between tabs; line feeds end them.
(use-modules (gnucash app-utils) (gnucash core-utils) (gnucash engine) (gnucash qif-import))
(use-modules (system foreign) (system foreign-library))

(setlocale LC_ALL "C.UTF-8")
((foreign-library-function "libgnc-engine" "gnc_engine_init_static" #:arg-types (list int '*)) 0 %null-pointer)
(define book (gnc-get-current-book))
(define currencies (gnc-commodity-table-get-table book))
(gnc-commodity-table-add-default-data currencies book)
(define currency (gnc-commodity-get-printname (gnc-commodity-table-lookup currencies "CURRENCY" "USD")))

(define (fail-on answer)
  (if (not (null? answer)) (error "GnuCash asks, or refuses:" answer)))

(define file (make-qif-file))
(fail-on (qif-file:read-file file (cadr (command-line)) '() #f))
(fail-on (qif-file:parse-fields file #f))
(if (not (qif-file:check-from-acct file)) (qif-import:fix-from-acct file "Cash"))

(define accounts (make-hash-table))
(define categories (make-hash-table))
(define memos (make-hash-table))
(define known (qif-import:get-all-accts '()))
(qif-dialog:make-account-display (list file) accounts known)
(qif-dialog:make-category-display (list file) categories known)
(qif-dialog:make-memo-display (list file) memos known)
(define root (qif-import:qif-to-gnc (list file) accounts categories memos (make-hash-table) currency #\n #f))

(for-each
  (lambda (account)
    (for-each
      (lambda (split)
        (define transaction (xaccSplitGetParent split))
        (define cells
          (list (gnc-account-get-full-name account)
                (strftime "%Y-%m-%d" (gmtime (xaccTransGetDate transaction)))
                (xaccTransGetNum transaction)
                (xaccTransGetDescription transaction)
                (xaccTransGetNotes transaction)
                (gnc-numeric-to-string (xaccSplitGetAmount split))))
        (display (string-join cells "\t"))
        (newline))
      (xaccAccountGetSplitList account)))
  (gnc-account-get-descendants-sorted root))
