package bulk

// kind is a sort of mail and its percentage.
type kind struct {
	share    int
	from     string // of a machine
	subjects []string
	headers  []string
	says     []string
}

var kinds = []kind{
	{share: 25, subjects: []string{"Freedom of Information request", "Request for figures", "FOI: reports filed late"},
		says: []string{
			"Under the Freedom of Information Act 2000 please tell me how many section 7 reports were filed late last year, by area.",
			"I am making a request under the FOI Act. Please send me the number of complaints received in each of the last three years.",
		}},
	{share: 5, subjects: []string{"Cais rhyddid gwybodaeth", "Cais am wybodaeth"},
		says: []string{"O dan Ddeddf Rhyddid Gwybodaeth 2000, rhowch wybod i mi faint o gwynion a ddaeth i law y llynedd."}},
	{share: 20, subjects: []string{"Subject access request", "My personal data", "Copy of my file"},
		says: []string{
			"This is a subject access request. Please send me a copy of all the personal data that you hold about me.",
			"I would like to see everything that is recorded about me, as Article 15 of the UK GDPR allows.",
		}},
	{share: 7, subjects: []string{"Internal review", "I disagree with your answer"},
		says: []string{"I ask for an internal review of your answer to my freedom of information request: the exemption does not apply."}},
	{share: 15, subjects: []string{"Re: your letter", "Meeting on Thursday", "A question"},
		says: []string{"Thank you for your letter. I shall be at the meeting on Thursday.", "Could you tell me when the office is open next week?"}},
	{share: 10, from: "Out Of Office", subjects: []string{"Automatic reply: report"}, headers: []string{"Auto-Submitted: auto-replied"},
		says: []string{"I am out of the office and will read your mail on my return."}},
	{share: 13, from: "Training News", subjects: []string{"This month in records management"},
		headers: []string{"List-Unsubscribe: <https://example.net/leave>", "Precedence: bulk"},
		says:    []string{"Places are left on our course. Read more on our website, or unsubscribe at any time."}},
	{share: 5, from: "Grand Prize", subjects: []string{"You have won"}, says: []string{"Claim your prize today, the offer ends at midnight!"}},
}

var filler = []string{
	"Please let me have the answer by electronic mail, in a form that a spreadsheet can read.",
	"If some of this cannot be given, I should like to have the rest.",
	"I have looked at the published reports and did not find it there.",
	"It concerns the years from April 2022 to March 2025.",
	"My earlier letters to the area office were not answered.",
	"Mae croeso i chi ateb yn Gymraeg neu yn Saesneg.",
	"The figures may be rounded where that is needed to protect anybody.",
	"A colleague told me that the reports are kept for seven years.",
	"I am happy to explain what I mean if that would help you.",
	"The café opposite the court closes at four o'clock.",
	"There were two hearings, and at neither of them was the report ready.",
	"Please tell me whom I may telephone about this.",
}

var (
	first = []string{"Ann", "Siân", "Gareth", "Priya", "Łukasz", "Zoë", "Mary", "John", "Ffion", "Chidi"}
	last  = []string{"Example", "Sample", "Jones", "Davies", "Patel", "Nowak", "Hughes", "Okafor", "Müller", "Lloyd"}
)
