"""The parts of the estimator, each alone: delay gradient, acknowledged rate, increase and decrease, losses, probes."""

import random

import pytest

from sfu._acked import Acked
from sfu._aimd import Aimd
from sfu._delay import Delay
from sfu._loss import Loss
from sfu._probing import Prober

SECOND = 1_000_000


class TestDelay:
    """Groups, trendline, threshold."""

    def drive(self, growth: float, *, groups: int = 100, noise: float = 0.0, seed: int = 1) -> tuple[Delay, list[str]]:
        """Groups 10 ms apart whose way grows by `growth` ms each, on a receiver's clock of its own."""
        rng = random.Random(seed)
        delay, signals, way = Delay(), [], 777_000_000.0
        for i in range(groups):
            way += growth * 1000
            sent = 5_000_000 + i * 10_000
            if delay.packet(sent, int(sent + way + rng.uniform(0, noise) * 1000)):
                signals.append(delay.signal)
        return delay, signals

    def test_a_way_that_stays_as_long_is_normal(self) -> None:
        assert set(self.drive(0)[1]) == {"normal"}
        assert "overuse" not in self.drive(0, noise=3, groups=2000)[1]

    def test_a_way_that_grows_is_overuse_and_one_that_shrinks_underuse(self) -> None:
        assert self.drive(1.0)[1][-1] == "overuse"
        assert self.drive(-1.0)[1][-1] == "underuse"

    def test_a_line_that_has_lost_most_of_its_rate_shows_in_a_few_packets(self) -> None:
        delay = self.drive(0)[0]
        way = 777_000_000
        for i in range(5):
            way += 80_000
            delay.packet(6_000_000 + i * 10_000, 6_000_000 + i * 10_000 + way)
        assert delay.signal == "overuse"

    def test_a_pause_of_the_air_is_not_the_line(self) -> None:
        delay = self.drive(0)[0]
        way = 777_000_000
        for i in range(40):  # everything of 200 ms is held up, then comes at once
            sent = 6_000_000 + i * 10_000
            delay.packet(sent, max(sent, 6_200_000) + way)
            assert delay.signal != "overuse"

    def test_packets_that_left_together_are_one_sample(self) -> None:
        delay = Delay()
        done = [delay.packet(SECOND + i * 1000, 9 * SECOND + i * 3000) for i in range(5)]
        assert not any(done)
        assert not delay.packet(SECOND + 20_000, 9 * SECOND + 30_000)
        assert delay.packet(SECOND + 40_000, 9 * SECOND + 60_000)

    def test_the_threshold_follows_what_it_sees_within_bounds(self) -> None:
        busy = Delay()
        for i in range(3000):  # a queue that somebody else fills and empties, every three seconds
            sent = SECOND + i * 10_000
            busy.packet(sent, sent + 300 * (i % 300))
        assert 6 <= self.drive(0, groups=5000)[0].threshold < 12.5 < busy.threshold <= 600

    def test_another_clock_is_a_new_beginning(self) -> None:
        delay = self.drive(1.0)[0]
        assert not delay.packet(7 * SECOND, 10)
        assert delay.signal == "normal"


class TestAcked:
    """The rate at which packets arrived."""

    def test_it_finds_a_rate_and_follows_it(self) -> None:
        acked, moment = Acked(), 10 * SECOND
        for kbps in (800, 200):
            for _ in range(400):
                moment += 1200 * 8 * 1000 // kbps
                acked.packet(moment, 1200)
            assert acked.bps == pytest.approx(kbps * 1000, rel=0.1)

    def test_it_is_not_known_before_half_a_second(self) -> None:
        acked = Acked()
        for i in range(49):
            acked.packet(SECOND + i * 10_000, 1000)
        assert acked.bps == 0

    def test_a_low_sample_says_less_when_the_source_is_limited(self) -> None:
        rates = []
        for limited in (False, True):
            acked, moment = Acked(), SECOND
            for size in [1200] * 400 + [100] * 60:
                moment += 12_000
                acked.packet(moment, size, limited and size == 100)
            rates.append(acked.bps)
        assert rates[0] < rates[1]


class TestAimd:
    """The state machine and its steps."""

    def test_far_from_the_limit_it_grows_by_8_percent_a_second(self) -> None:
        rate, bps = Aimd(1_000_000), 0
        for i in range(21):
            bps = rate.update("normal", 10_000_000, 100_000, SECOND + i * SECOND // 10)
        assert bps == pytest.approx(1_000_000 * 1.08**2, rel=0.001)

    def test_overuse_takes_it_below_what_arrived_and_then_waits(self) -> None:
        rate = Aimd(1_000_000)
        assert rate.update("overuse", 800_000, 100_000, SECOND) == 680_000
        assert rate.update("overuse", 790_000, 100_000, SECOND + 50_000) == 680_000
        assert rate.update("overuse", 300_000, 100_000, SECOND + 60_000) == 255_000, "far too much: no waiting"
        assert rate.update("underuse", 300_000, 100_000, SECOND + 300_000) == 255_000
        assert rate.state == "hold"

    def test_near_the_limit_it_grows_by_a_packet_in_a_response_time(self) -> None:
        rate = Aimd(1_000_000)
        bps = start = rate.update("overuse", 1_000_000, 100_000, SECOND)
        for i in range(1, 11):
            bps = rate.update("normal", start, 100_000, SECOND + i * SECOND // 10)
        assert bps - start == pytest.approx(9600 / 0.2, rel=0.02)

    def test_it_grows_no_farther_than_what_is_acknowledged_explains(self) -> None:
        rate, bps = Aimd(300_000), 0
        for i in range(600):
            bps = rate.update("normal", 400_000, 50_000, SECOND + i * SECOND // 10)
        assert bps == 610_000

    def test_it_stays_where_a_voice_fits(self) -> None:
        rate, bps = Aimd(40_000), 0
        for i in range(50):
            bps = rate.update("overuse", 1_000, 50_000, SECOND + i * SECOND)
        assert bps == 30_000


class TestLoss:
    """The bound that losses set."""

    def drive(self, share: float, *, seconds: int = 30, seed: int = 3) -> int:
        rng, loss, bound = random.Random(seed), Loss(), 0
        for i in range(seconds * 10):
            loss.note(sum(rng.random() < share for _ in range(13)), 13)
            bound = loss.update(800_000, 100_000, SECOND + i * SECOND // 10)
        return bound

    @pytest.mark.parametrize("seed", range(10))
    def test_five_percent_at_random_bound_nothing(self, seed: int) -> None:
        assert self.drive(0.05, seed=seed, seconds=60) in (0, pytest.approx(800_000, rel=0.5))

    def test_a_few_packets_say_little(self) -> None:
        """Six of forty are nothing rare where a twentieth is lost; sixty of four hundred are."""
        few, many = Loss(), Loss()
        few.note(6, 40)
        assert few.update(800_000, 100_000, SECOND) == 0
        many.note(60, 400)
        assert 0 < many.update(800_000, 100_000, SECOND) < 800_000

    def test_twenty_percent_lower_it_again_and_again(self) -> None:
        assert 0 < self.drive(0.2, seconds=3) < 700_000
        assert 0 < self.drive(0.2, seconds=30) < 200_000

    def test_when_losses_end_the_bound_grows_and_goes(self) -> None:
        loss, now = Loss(), SECOND
        loss.note(30, 100)
        lowered = loss.update(800_000, 100_000, now)
        assert lowered == pytest.approx(800_000 * 0.85)
        bounds = []
        while bound := loss.update(800_000, 100_000, now := now + SECOND // 10):
            loss.note(0, 13)
            bounds.append(bound)
        assert bounds == sorted(bounds) and 5 < len(bounds) / 10 < 20

    def test_what_was_late_was_not_lost(self) -> None:
        loss = Loss()
        loss.note(20, 100)
        loss.note(-20, 0)
        assert loss.update(800_000, 100_000, SECOND) == 0


class TestProber:
    """When to probe, how fast, what came of it."""

    def run(self, prober: Prober, now: int, line_bps: int) -> tuple[int, int]:
        """Sends the probe over an empty line of that rate; what it showed and when."""
        free, sent_packets = 0, 0
        while True:
            due, size = prober.due(now)
            if sent_packets and due == 0 and not prober.due(now + 50_000)[0]:
                break
            while due > 0:
                prober.sent(now, size)
                free = max(free, now) + size * 8 * SECOND // line_bps
                prober.acked(now, free + 40_000, size)
                due -= size
                sent_packets += 1
            now += 2_000
        return prober.conclude(80_000, now + 100_000), now + 100_000

    def test_at_the_start_three_times_then_six_times_then_on_while_it_works(self) -> None:
        prober, now, estimate, asked = Prober(), SECOND, 300_000, []
        while rate := prober.begin(estimate, 20_000_000, False, now):
            shown, now = self.run(prober, now, 6_000_000)
            asked.append(rate)
            estimate = max(estimate, shown)
        assert asked[:2] == [900_000, 1_800_000]
        assert 4_500_000 < estimate < 6_500_000
        assert not prober.begin(estimate, 20_000_000, True, now + SECOND)

    def test_it_has_five_packets_and_15_ms(self) -> None:
        prober, sizes, moments = Prober(), [], []
        assert prober.begin(100_000, 10_000_000, False, SECOND) == 300_000
        now = SECOND
        while now < SECOND + 60_000:
            due, size = prober.due(now)
            while due > 0:
                prober.sent(now, size)
                sizes.append(size)
                moments.append(now)
                due -= size
            now += 1_000
        assert len(sizes) >= 5 and sum(sizes) * 8 >= 300_000 * 0.015
        assert moments[-1] - moments[0] >= 10_000

    def test_no_more_is_asked_than_what_is_wanted(self) -> None:
        assert Prober().begin(300_000, 400_000, False, SECOND) == 500_000
        assert Prober().begin(300_000, 300_000, True, SECOND) == 0

    def test_later_every_five_seconds_and_only_with_a_reason(self) -> None:
        prober, now = Prober(), SECOND
        prober.begin(300_000, 5_000_000, False, now)
        shown, now = self.run(prober, now, 400_000)
        assert 300_000 < shown < 450_000
        assert prober.begin(400_000, 5_000_000, True, now + SECOND) == 0
        assert prober.begin(400_000, 5_000_000, False, now + 6 * SECOND) == 0
        assert prober.begin(400_000, 5_000_000, True, now + 6 * SECOND) == 800_000

    def test_more_being_wanted_is_a_reason_a_second_later(self) -> None:
        """A camera that comes on where all that is allowed is sent already."""
        prober, now, shown = Prober(), SECOND, 300_000
        while prober.begin(shown, 1_000_000, False, now):
            shown, now = self.run(prober, now, 800_000)
        assert not prober.begin(shown, 1_050_000, False, now + 2 * SECOND), "that is hardly more"
        assert not prober.begin(shown, 2_000_000, False, now + SECOND // 2)
        now += SECOND
        assert prober.begin(shown, 2_000_000, False, now) == 2 * shown
        prober.stop(now)
        assert not prober.begin(shown, 4_000_000, False, now + 2 * SECOND), "the line was full since"

    def test_a_sharp_drop_is_a_reason(self) -> None:
        prober, now = Prober(), SECOND
        prober.begin(300_000, 5_000_000, False, now)
        prober.stop(now)
        for bps in (1_000_000, 850_000, 600_000, 400_000):
            now += SECOND // 2
            dropped = prober.follow(bps, now)
        assert dropped
        assert prober.begin(400_000, 5_000_000, False, now + 6 * SECOND) == 800_000

    def test_a_probe_that_is_lost_shows_nothing(self) -> None:
        prober, now = Prober(), SECOND
        prober.begin(300_000, 5_000_000, False, now)
        for i in range(30):
            due, size = prober.due(now + i * 2000)
            while due > 0:
                prober.sent(now + i * 2000, size)
                due -= size
        assert prober.conclude(50_000, now + 10 * SECOND) == 0
        assert prober.begin(300_000, 5_000_000, True, now + 11 * SECOND) == 600_000, "and no probe follows it at once"

    def test_a_probe_whose_feedback_is_lost_is_repeated_once(self) -> None:
        prober, now, asked = Prober(), SECOND, []
        while rate := prober.begin(300_000, 5_000_000, False, now):
            asked.append(rate)
            for i in range(6):
                prober.sent(now + 3000 * i, 290)
            assert prober.due(now + 20_000)[0] == 0
            prober.read(6 * len(asked))
            assert prober.conclude(80_000, now + 200_000) == 0, "it may still come"
            assert not prober.begin(300_000, 5_000_000, False, now + 200_000)
            now += 400_000
            assert prober.conclude(80_000, now) == 0
        assert asked == [900_000, 900_000]

    @pytest.mark.parametrize(("stretch", "full"), [(1.0, False), (1.5, True)])
    def test_a_line_is_full_when_a_probe_takes_longer_to_arrive(self, stretch: float, full: bool) -> None:
        """Whatever is sent with it: a picture in front is as large as all the padding behind it."""
        prober = Prober()
        prober.begin(300_000, 5_000_000, False, SECOND)
        for i, size in enumerate((1200, 290, 290, 290, 290)):
            at = SECOND + 5000 * i
            prober.sent(at, size)
            prober.acked(at, 40_000 + round(5000 * stretch * i), size)
        assert prober.due(SECOND + 30_000)[0] == 0
        assert prober.conclude(80_000, SECOND + 100_000) > 0
        assert prober.full is full

    def test_what_is_lost_of_a_probe_is_not_waited_for(self) -> None:
        prober = Prober()
        prober.begin(300_000, 5_000_000, False, SECOND)
        for i in range(6):
            at = SECOND + 3000 * i
            prober.sent(at, 290)
            if i != 2:
                prober.acked(at, at + 40_000, 290)
        end = SECOND + 20_000
        assert prober.due(end)[0] == 0
        assert prober.conclude(80_000, end + 100_000) == 0, "it may be late"
        assert 600_000 < prober.conclude(80_000, end + 300_000) < 900_000
