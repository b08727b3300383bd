package classify

// speech is what a sentence does in its mail.
type speech uint8

// What sentences do, in the order of the model's columns.
const (
	tells    speech = iota // greeting, story, reasons, signature: asks nothing by itself
	asksOwn                // asks for what is recorded about the writer, their child or client, or sends what that needs
	asksInfo               // asks for other recorded information
	disputes               // disputes how a request was answered, refused, redacted or delayed
	asksElse               // asks for something else, or complains of a service
	pursues                // goes on with a pending request and asks nothing new
	program                // words that only a program or a bulk sender writes
	danger                 // says or hints that somebody is in danger
	nSpeech
)

// SpeechLetters are the letters of the labels of sentences, in the same order.
const SpeechLetters = "NOGRXPMD"

// speechNames say in evidence what a sentence was read as.
var speechNames = [nSpeech]string{"tells", "asks for own records", "asks for recorded information",
	"disputes how a request was answered", "asks for something else", "goes on with a request", "words of a program", "hints at danger"}
