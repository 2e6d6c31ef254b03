package metrics

func (m *Metrics) notifying() {
	m.notificationsSent = m.counters("opscenter_notifications_sent_total",
		"Notifications that the receiver confirmed.", "channel")
	m.notificationsFailed = m.counters("opscenter_notifications_failed_total",
		"Notifications that were refused for good or given up.", "channel")
	m.notificationAttempts = m.counters("opscenter_notification_attempt_failures_total",
		"Attempts to send a notification that were not confirmed.", "channel")
	m.notificationsUnrouted = m.counter("opscenter_notifications_unrouted_total",
		"Transitions of alarms that nobody was told of because no route took them.")
}

// NotificationSent counts a notification that was confirmed. Channels are named by the configuration.
func (m *Metrics) NotificationSent(channel string) {
	m.notificationsSent.WithLabelValues(channel).Inc()
}

// NotificationAttemptFailed counts an attempt that was not confirmed.
func (m *Metrics) NotificationAttemptFailed(channel string) {
	m.notificationAttempts.WithLabelValues(channel).Inc()
}

// NotificationsFailed counts notifications that will not be sent any more.
func (m *Metrics) NotificationsFailed(channel string, count int) {
	m.notificationsFailed.WithLabelValues(channel).Add(float64(count))
}

// NotificationsUnrouted counts transitions that no route took.
func (m *Metrics) NotificationsUnrouted(count int) { m.notificationsUnrouted.Add(float64(count)) }
