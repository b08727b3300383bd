package eml

// Limits on what is read of one mail. What is beyond them is left out and
// listed in the faults; nothing that a stranger sends makes reading cost more.
const (
	maxDepth       = 20        // nested entities, the mail itself being 0
	maxParts       = 200       // entities in all, attached mails included
	maxHeaderBytes = 256 << 10 // one header block
	maxFields      = 1000      // header fields of one entity
	maxAddresses   = 500       // in all fields of one kind
	maxIDs         = 50        // In-Reply-To and References, each
	maxText        = 2 << 20   // bytes of decoded text, of the mail and of its attachments each
	maxFile        = 8 << 20   // bytes of an attached document that is read
	maxDocuments   = 5         // attached documents that are read, attached mails included
	maxInners      = 20        // earlier mails quoted, forwarded or attached
	maxFaults      = 20
	maxTries       = 5000 // lines of one text that are tried as the beginning of an earlier mail

	maxSubject  = 500 // runes, as are the next
	maxName     = 200 // of a person or a file
	maxAddr     = 320 // RFC 5321, 4.5.3.1: 64 for the local part, 255 for the domain
	maxDateText = 100
	maxEncoded  = 16 << 10 // bytes of a value with encoded words that are decoded
	maxID       = 500      // bytes of one Message-ID
)
