package classify

import "requestd/intake"

// MachineMarks lists the signs in a mail's header, senders and structure that a
// machine made it: the hard ones, and those that a person's mail may have too.
// Words are not considered.
func (c *Classifier) MachineMarks(m *intake.Message) (hard, soft []string) {
	mc := machineSigns(m, &c.ours)
	for _, ev := range append(mc.hard, mc.marks...) {
		hard = append(hard, ev.Signal)
	}
	for _, ev := range mc.soft {
		soft = append(soft, ev.Signal)
	}
	return hard, soft
}
