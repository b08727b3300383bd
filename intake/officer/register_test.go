package officer

import (
	"testing"

	"requestd/intake"
)

func TestLinesThatRegister(t *testing.T) {
	kim := intake.Address{Name: "Kim Dunne", Addr: "kim@example.org"}
	for line, want := range map[string]Command{
		"REGISTER FOI BY TELEPHONE 3 March FROM Kim Dunne kim@example.org":                         {Kind: intake.FOI, Source: "telephone", Date: march(3), Person: kim},
		"Register DSAR by post, received on 3/3/2026, from Kim Dunne":                              {Kind: intake.DSAR, Source: "post", Date: march(3), Person: intake.Address{Name: "Kim Dunne"}},
		"register foi and dsar in person from <kim@example.org>":                                   {Kind: intake.FOI, Also: []intake.Kind{intake.DSAR}, Source: "in-person", Person: intake.Address{Addr: "kim@example.org"}},
		"REGISTER REVIEW FOI by phone in cymru from Kim Dunne (kim@example.org)":                   {Kind: intake.Review, Of: intake.FOI, Source: "telephone", Box: "cymru", Person: kim},
		"COFRESTRU DATA PERSONOL DROS Y FFÔN ddoe GAN Siân O'Neill-Rees":                           {Kind: intake.DSAR, Source: "telephone", Date: march(4), Person: intake.Address{Name: "Siân O'Neill-Rees"}},
		"REGISTER RIGHT ERASURE BY POST FROM Kim Dunne kim@example.org, 2 Mill Lane, York YO1 9AB": {Kind: intake.Rights, Right: []string{"erasure"}, Source: "post", Person: kim, Postal: "2 Mill Lane, York YO1 9AB"},
		"REGISTER FOI BY POST FROM Kim Dunne, Rose Cottage, Exampleton YO1 9AB, kim@example.org":   {Kind: intake.FOI, Source: "post", Person: kim, Postal: "Rose Cottage, Exampleton YO1 9AB"},
		"REGISTER FOI BY POST FROM Dunne, Kim, 2 Mill Lane":                                        byPost("Dunne, Kim", "", "2 Mill Lane"),
		"REGISTER FOI BY POST FROM Dunne, Kim Lee, Flat 3, 2 Mill Lane, York YO1 9AB":              byPost("Dunne, Kim Lee", "", "Flat 3, 2 Mill Lane, York YO1 9AB"),
		"REGISTER FOI BY POST FROM van der Berg, Jan, 2 Mill Lane":                                 byPost("van der Berg, Jan", "", "2 Mill Lane"),
		"REGISTER FOI BY POST FROM Dunne, Kim; Rose Cottage, Exampleton":                           byPost("Dunne, Kim", "", "Rose Cottage, Exampleton"),
		"REGISTER FOI BY POST FROM Dunne, Kim kim@example.org, Rose Cottage, Exampleton YO1 9AB":   byPost("Dunne, Kim", "kim@example.org", "Rose Cottage, Exampleton YO1 9AB"),
		"REGISTER FOI BY POST FROM Dunne, Kim, 2 Mill Lane, York, kim@example.org":                 byPost("Dunne, Kim", "kim@example.org", "2 Mill Lane, York"),
		"REGISTER FOI BY POST FROM Dunne, Rose Cottage, Exampleton YO1 9AB":                        byPost("Dunne", "", "Rose Cottage, Exampleton YO1 9AB"),
		"REGISTER FOI BY POST FROM Kim Dunne, York, YO1 9AB":                                       byPost("Kim Dunne", "", "York, YO1 9AB"),
		"REGISTER FOI BY POST FROM Kim Dunne, 2 Mill Lane; York":                                   byPost("Kim Dunne", "", "2 Mill Lane; York"),
		"REGISTER FOI BY POST FROM Dunne, 2 Mill Lane, York":                                       byPost("Dunne", "", "2 Mill Lane, York"),
		"COFRESTRU RHYDDID GWYBODAETH DRWY'R POST GAN Rees, Siân, 2 Heol y Felin":                  byPost("Rees, Siân", "", "2 Heol y Felin"),
		"REGISTER FOI BY POST FROM Dunne, Kim":                                                     {Kind: intake.FOI, Source: "post", Person: intake.Address{Name: "Dunne, Kim"}},
	} {
		want.Act = Register
		got, err := Parse(line, thursday)
		if err != nil || !same(got, want) || got.Person != want.Person || got.Postal != want.Postal || got.Source != want.Source || got.Box != want.Box {
			t.Errorf("%q: %+v, %v; want %+v", line, got, err, want)
			continue
		}
		en, cy := got.Words()
		for _, again := range []string{en, cy} {
			back, err := Parse(again, thursday)
			if err != nil || !same(back, got) || back.Person != got.Person || back.Postal != got.Postal || back.Source != got.Source {
				t.Errorf("%q is read back as %+v, %v", again, back, err)
			}
		}
	}
	for _, line := range []string{"REGISTER", "REGISTER FOI", "REGISTER lunch from Kim", "REGISTER FOI by post", "REGISTER FOI from", "REGISTER FOI from Kim on 3 March",
		"REGISTER FOI by owl from Kim Dunne", "REGISTER NOT A REQUEST from Kim"} {
		if got, err := Parse(line, thursday); err == nil {
			t.Errorf("%q is read as %+v", line, got)
		}
	}
}

func byPost(name, addr, postal string) Command {
	return Command{Kind: intake.FOI, Source: "post", Person: intake.Address{Name: name, Addr: addr}, Postal: postal}
}
