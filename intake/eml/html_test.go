package eml

import "testing"

func TestHTMLText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"paragraphs", "<p>Dear   Sirs</p>\n<p>please <b>send</b><br>my file</p>", "Dear Sirs\n\nplease send\nmy file\n\n"},
		{"Outlook", "<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal>&nbsp;<o:p></o:p></p><p class=MsoNormal>b</p>", "a\n\nb\n\n"},
		{"not shown", "<head><title>x</title><style>p{}</style></head><body><script>s</script><div style='display: none'>preheader<div>more</div></div><span hidden>h</span>text", "text"},
		{"a hidden tag without an end does not hide its neighbours' end", "<div><span style=\"display:none\">x</span>text</div>", "text\n"},
		{"less-than and entities", "5 &lt; 6 &amp; t&#375; &rsquo;", "5 < 6 & tŷ ’"},
		{"lists and tables", "<ul><li>one<li>two</ul><table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "- one\n- two\n\na b\nc\n\n"},
		{"links", `<a href="https://example.org/x">here</a> <a href="https://example.org/">example.org</a> <a href="mailto:a@example.org">a@example.org</a>`, "here <https://example.org/x> example.org a@example.org"},
		{"Gmail quotation", `new<div class="gmail_quote"><div>On Mon A wrote:<br></div><blockquote class="gmail_quote"><div>old</div>older</blockquote></div>`, "new\nOn Mon A wrote:\n\n> old\n> older\n"},
		{"Apple quotation in a quotation", `a<blockquote type="cite">b<blockquote type="cite">c</blockquote></blockquote>d`, "a\n\n> b\n>\n> > c\nd"},
		{"an indented paragraph is no quotation", `a<blockquote style="margin:0 0 0 40px;border:none">b</blockquote>c`, "a\n\nb\nc"},
		{"Outlook border above the quoted block", `new<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> A</p></div>`, "new\n" + ruleLine + "\n\nFrom: A\n\n"},
		{"Outlook on the web", `new<hr><div id="divRplyFwdMsg"><b>From:</b> A<br><b>Sent:</b> B</div>`, "new\n" + ruleLine + "\n" + ruleLine + "\nFrom: A\nSent: B\n"},
		{"preformatted", "<pre>a\n  b</pre>", "a\nb\n\n"},
		{"bare text", "just text", "just text"},
		{"unclosed comment", "a<!-- b", "a b"},
		{"style that is not closed", "a<style>b", "ab"},
		{"title that is not closed", "<head><title>a<body><p>b</p>", "a\n\nb\n\n"},
		{"text in the head", "<html><head><div>a</div></head><body><blockquote type=cite>b</blockquote></body></html>", "a\n\n> b\n"},
		{"two heads", "<html><head></head><head><body><p>a</p></body></html>", "a\n\n"},
		{"a wrapper without size whose child has one", `<td style="font-size:0px;padding:0"><div style="font-size:0"><span style="font-size:14px">a</span>x</div></td>`, "a\n"},
		{"a font of its own", `<div style="font-size:0">x<font size=3>a</font></div>`, "a\n"},
		{"small is not nothing", `<p style="font-size:0.9em">a</p>`, "a\n\n"},
		{"a hidden element that is not closed, with all the text in it", "<body><div style=display:none>You have a message<p>Please tell me how many reports were late last year.</p>", "You have a message\n\nPlease tell me how many reports were late last year.\n\n"},
		{"a drawing that is not closed", "<p>Hi</p><svg><path d=M0><p>Please tell me how many.</p>", "Hi\n\nPlease tell me how many.\n\n"},
		{"fields of a form", "<form><label>Name</label><input value='Ann Lee'><input type=hidden value=x><textarea>one\ntwo</textarea></form>", "Name Ann Lee\n\none\ntwo\n\n"},
		{"a quoting box of a web page", `<p>a</p><blockquote class="blockquote">b</blockquote>`, "a\n\nb\n"},
	} {
		if got, _ := htmlText([]byte(c.in)); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestFlowedText(t *testing.T) {
	for _, c := range []struct {
		in    string
		delsp bool
		want  string
	}{
		{"one \ntwo\nthree", false, "one two\nthree"},
		{"> a \n> b\nc", false, "> a b\nc"},
		{"> a \n>> b", false, "> a \n>> b"},
		{"a \n-- \nsig", false, "a \n-- \nsig"},
		{"Llan \nfair", true, "Llanfair"},
		{" stuffed", false, "stuffed"},
	} {
		if got := unflow(c.in, c.delsp); got != c.want {
			t.Errorf("unflow(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
