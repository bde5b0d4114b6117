using System.Text.Json;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Devices;

public sealed class DeviceTests
{
    [Fact]
    public void A_report_stores_each_capture_apart_and_reads_back_from_json() =>
        Gen.Select(Generators.Sensors, Gen.Int[1, 3].Array[6])
            .Sample(
                (sensors, modes) =>
                {
                    var report = sensors.Aggregate(
                        default(CaptureReport),
                        (report, sensor) => report.With(sensor, (Mode)modes[(int)sensor])
                    );
                    Assert.All(
                        Enum.GetValues<Capture>(),
                        capture => Assert.Equal(sensors.Contains(capture) ? (Mode)modes[(int)capture] : null, report[capture])
                    );
                    Assert.True(report.Names(sensors));
                    Assert.Equal(
                        report,
                        JsonSerializer.Deserialize<CaptureReport>(JsonSerializer.Serialize(report, Json.Options), Json.Options)
                    );
                },
                iter: Rounds.Of(2_000)
            );

    [Fact]
    public void A_report_with_a_sensor_missing_or_added_does_not_name_the_sensors()
    {
        var report = CaptureReport.ForAll([Capture.Video], Mode.Off);
        Assert.False(report.Names([Capture.Video, Capture.Audio]));
        Assert.False(report.With(Capture.Audio, Mode.Off).Names([Capture.Video]));
    }

    [Fact]
    public void The_kinds_are_those_of_the_contract_and_only_mobile_ones_go_silent()
    {
        string[] contract =
        [
            "facility-camera",
            "holding-cell-camera",
            "interview-room-camera",
            "public-cctv",
            "traffic-camera",
            "red-light-camera",
            "speed-camera",
            "alpr-fixed",
            "alpr-patrol",
            "alpr-parking",
            "body-worn",
            "in-car",
        ];
        Assert.Equal(contract, DeviceKind.All.Select(kind => kind.Id));
        Assert.All(DeviceKind.All, kind => Assert.Equal(kind.IsMobile, kind.SilenceIsNormal));
    }

    [Fact]
    public void Every_kind_has_a_deadline_within_the_bounds()
    {
        Assert.All(
            DeviceKind.All,
            kind => Assert.InRange(kind.DeadlineSeconds, Registration.MinDeadlineSeconds, Registration.MaxDeadlineSeconds)
        );
        Assert.True(Registration.MinDeadlineSeconds > 0);
    }

    [Fact]
    public void Device_numbers_fill_every_partition_densely()
    {
        var partitions = Enumerable.Range(1, 100_000).GroupBy(Device.PartitionOf).ToArray();
        Assert.Equal(Device.Partitions, partitions.Length);
        Assert.All(
            partitions,
            partition =>
                Assert.Equal(
                    partition.Count(),
                    partition.Select(number => number / Device.Partitions).Max()
                        - partition.Select(number => number / Device.Partitions).Min()
                        + 1
                )
        );
    }

    [Fact]
    public void A_secret_matches_only_its_own_hash()
    {
        var (secret, other) = (DeviceSecret.New(), DeviceSecret.New());
        Assert.True(DeviceSecret.Matches(System.Text.Encoding.UTF8.GetBytes(secret), DeviceSecret.Hash(secret)));
        Assert.False(DeviceSecret.Matches(System.Text.Encoding.UTF8.GetBytes(other), DeviceSecret.Hash(secret)));
        Assert.Equal(43, secret.Length);
    }

    [Theory]
    [InlineData("cam-1", true)]
    [InlineData("0", true)]
    [InlineData("-cam", false)]
    [InlineData("Cam", false)]
    [InlineData("cam_1", false)]
    [InlineData("", false)]
    public void An_identifier_has_the_form_of_the_contract(string id, bool valid) => Assert.Equal(valid, Identifier.IsValid(id));
}
