// Package deadlines knows the bank holidays of the United Kingdom and the
// clocks of the Freedom of Information Act 2000, of the Environmental
// Information Regulations 2004 and of the UK GDPR. From the facts of a request
// (when it came, what was asked, what was answered) it derives every date and
// the ledger of how each was reached. It is pure: no clock of its own, no
// files, no network.
//
// Short names of sources in ledgers: FOIA is the Freedom of Information Act
// 2000, EIR the Environmental Information Regulations 2004, DPA the Data
// Protection Act 2018, and Reg 1182/71 the regulation by which Art 4A UK GDPR
// counts periods.
package deadlines
