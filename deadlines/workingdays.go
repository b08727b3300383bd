package deadlines

// The methods below work for 1999 to 2101. If a result would be outside, it is
// no day (the zero Day) or no working day.

func (c *Calendar) table(r Region) *table {
	if r == AnyUK {
		return c.regions[AnyUK]
	}
	return c.regions[EnglandAndWales]
}

// before returns how many working days of the table are before d.
func (t *table) before(d Day) int {
	switch i := int(d - t.first); {
	case i <= 0:
		return 0
	case i > len(t.upTo):
		return len(t.days)
	default:
		return int(t.upTo[i-1])
	}
}

func (t *table) nth(i int) Day {
	if i < 0 || i >= len(t.days) {
		return 0
	}
	return t.days[i]
}

func (t *table) covers(d Day) bool { return d >= t.first && int(d-t.first) < len(t.upTo) }

// IsWorkingDay reports whether d is neither a Saturday nor a Sunday nor a bank
// holiday of the region (FOIA s.10(6)).
func (c *Calendar) IsWorkingDay(r Region, d Day) bool {
	t := c.table(r)
	return t.covers(d) && t.before(d+1) > t.before(d)
}

// WhyNot says why d is not a working day of the region; "" if it is one.
func (c *Calendar) WhyNot(r Region, d Day) string {
	if c.IsWorkingDay(r, d) {
		return ""
	}
	if name, ok := c.table(r).names[d]; ok {
		return name
	}
	if weekend(d) {
		return d.Weekday().String()
	}
	return ""
}

// AddWorkingDays returns the nth working day after d, which is itself not
// counted; for a negative n the nth before it, and d itself if n is 0.
func (c *Calendar) AddWorkingDays(r Region, d Day, n int) Day {
	t := c.table(r)
	switch {
	case !t.covers(d):
		return 0
	case n == 0:
		return d
	case n > 0:
		return t.nth(t.before(d+1) + n - 1)
	default:
		return t.nth(t.before(d) + n)
	}
}

// NextWorkingDay returns the first working day after d.
func (c *Calendar) NextWorkingDay(r Region, d Day) Day { return c.AddWorkingDays(r, d, 1) }

// PreviousWorkingDay returns the last working day before d.
func (c *Calendar) PreviousWorkingDay(r Region, d Day) Day { return c.AddWorkingDays(r, d, -1) }

// OnOrAfter returns d if it is a working day, else the next one.
func (c *Calendar) OnOrAfter(r Region, d Day) Day { return c.AddWorkingDays(r, d-1, 1) }

// OnOrBefore returns d if it is a working day, else the one before it.
func (c *Calendar) OnOrBefore(r Region, d Day) Day { return c.AddWorkingDays(r, d+1, -1) }

// WorkingDaysBetween counts the working days after from, up to and including
// to; it is negative if to is before from, so that swapping the two only
// changes the sign.
func (c *Calendar) WorkingDaysBetween(r Region, from, to Day) int {
	t := c.table(r)
	return t.before(to+1) - t.before(from+1)
}
