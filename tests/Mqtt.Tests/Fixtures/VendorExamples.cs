using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Google.Protobuf;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>One message of a vendor, written for these tests after its documents and after devices in use.</summary>
internal sealed record Golden(string Profile, string Topic, byte[] Payload)
{
    public static Golden Of(string profile, string topic, string payload) => new(profile, topic, Encoding.UTF8.GetBytes(payload));
}

/// <summary>The sample profiles, sessions that read by them, and messages of every vendor.</summary>
internal static class VendorExamples
{
    public const string Recorder = "lobby-recorder",
        Camera = "intersection-cameras",
        Garage = "garage-cameras",
        Node = "bridge-node",
        Bridge = "lobby-bridge";

    public const long Connection = 1_763_900_000_000;

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);

    public static string Root { get; } = FindRoot();

    public static ImmutableArray<Device> Devices { get; } =
        InventoryFile.Read(Path.Combine(Root, "devices/sample-city.yaml"), null).Value!.Devices;

    public static ImmutableDictionary<string, UnitIndex> Tables { get; } =
        ProfileFile
            .ReadAll(Path.Combine(Root, "devices/profiles"), [.. Devices.Select(device => device.Id)])
            .Value!.All.ToImmutableDictionary(profile => profile.Id, profile => new UnitIndex(profile));

    /// <summary>Messages of each vendor when all is well, and some when it is not.</summary>
    public static ImmutableArray<Golden> Goldens { get; } =
    [
        Golden.Of(Recorder, "frigate/available", "online"),
        Golden.Of(Recorder, "frigate/available", "stopped"),
        Golden.Of(Recorder, "frigate/lobby_north/status/detect", "online"),
        Golden.Of(Recorder, "frigate/lobby_north/status/record", "online"),
        Golden.Of(Recorder, "frigate/lobby_north/status/audio", "online"),
        Golden.Of(Recorder, "frigate/stats", Stats),
        Golden.Of(Camera, "axis/ACCC8E000001/event/connection", """{"connected":true,"message":"hello"}"""),
        Golden.Of(
            Camera,
            "axis/ACCC8E000001/event/tns:onvif/Device/tns:axis/Status/SystemReady",
            """{"timestamp":1763913600123,"topic":"onvif:Device/axis:Status/SystemReady","serial":"ACCC8E000001","message":"""
                + """{"source":{},"key":{},"data":{"ready":"1"}}}"""
        ),
        Golden.Of(
            Camera,
            "axis/ACCC8E000001/event/tns:axis/Storage/Recording/$source/disk_id/SD_DISK",
            """{"timestamp":1763913600123,"topic":"axis:Storage/Recording","message":"""
                + """{"source":{"disk_id":"SD_DISK"},"key":{},"data":{"recording":"1"}}}"""
        ),
        Golden.Of(
            Camera,
            "axis/ACCC8E000001/event/tns:axis/Storage/Alert",
            """{"timestamp":1763913600123,"topic":"axis:Storage/Alert","message":"""
                + """{"source":{"disk_id":"SD_DISK"},"key":{},"data":{"overall_health":"0","wear":"3","temperature":"31","alert":"1"}}}"""
        ),
        Golden.Of(
            Camera,
            "axis/ACCC8E000001/event/tns:axis/Storage/Disruption",
            """{"timestamp":1763913600123,"topic":"axis:Storage/Disruption","message":"""
                + """{"source":{"disk_id":"SD_DISK"},"key":{},"data":{"disruption":"1"}}}"""
        ),
        Golden.Of(Camera, "axis/status/ACCC8E000001", """{"model":"P3265","Network_Kbps":812,"CPU_average":31,"Uptime_Hours":412.5}"""),
        Golden.Of(
            Garage,
            "city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1",
            """{"UtcTime":"2026-11-23T19:59:59.321Z","Source":"""
                + """{"RecordingJobToken":"job-1"},"Data":{"State":"Active","Information":{"@RecordingToken":"r-1","State":"Active"}}}"""
        ),
        Golden.Of(
            Garage,
            "city/garage-1/onvif-ej/VideoSource/GlobalSceneChange/ImagingService/&1",
            """{"UtcTime":"2026-11-23T19:59:59Z","Source":{"Source":"1"},"Data":{"State":true}}"""
        ),
        Golden.Of(
            Garage,
            "city/garage-1/onvif-ej/Monitoring/ProcessorUsage/&cpu",
            """{"UtcTime":"2026-11-23T19:59:59Z","Source":{"Token":"cpu"},"Data":{"Value":"31.5"}}"""
        ),
        new(Node, "spBv1.0/Harbor/NBIRTH/bridge-edge", Convert.FromHexString(TahuNodeBirth)),
        new(Node, "spBv1.0/Harbor/DBIRTH/bridge-edge/traffic-1", Convert.FromHexString(TahuDeviceBirth)),
        new(Node, "spBv1.0/Harbor/DDATA/bridge-edge/traffic-1", Convert.FromHexString(TahuData)),
        new(Node, "spBv1.0/Harbor/NDEATH/bridge-edge", Convert.FromHexString(TahuDeath)),
        Golden.Of(Bridge, "amcrest2mqtt/000000001/status", "online"),
        Golden.Of(Bridge, "amcrest2mqtt/000000001/recording", """{"state":"ON","since":"2026-11-23T19:59:59Z"}"""),
        Golden.Of(
            Bridge,
            "amcrest2mqtt/000000001/config",
            """
            {"version":"1.0.5","device_type":"IPC","device_name":"lobby",
            "sw_version":"2.800.0","serial_number":"000000001","host":"10.0.0.7"}
            """
        ),
    ];

    /// <summary>Topics on which vendors send what must never come in.</summary>
    public static ImmutableArray<(string Profile, string Topic)> Forbidden { get; } =
    [
        (Recorder, "frigate/events"),
        (Recorder, "frigate/reviews"),
        (Recorder, "frigate/tracked_object_update"),
        (Recorder, "frigate/triggers"),
        (Recorder, "frigate/camera_activity"),
        (Recorder, "frigate/lobby_north/person/snapshot"),
        (Recorder, "frigate/lobby_north/audio/transcription"),
        (Recorder, "frigate/lobby_north/classification/dog"),
        (Recorder, "frigate/lobby_north/motion"),
        (Camera, "axis/ACCC8E000001/event/tns:axis/CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1"),
        (Camera, "axis/ACCC8E000001/event/tns:onvif/RuleEngine/LineDetector/Crossed"),
        (Camera, "axis/ACCC8E000001/event/tns:onvif/AudioSource/tns:axis/TriggerLevel/$source/channel/1"),
        (Camera, "axis/tracker/ACCC8E000001"),
        (Camera, "axis/alpr/ACCC8E000001"),
        (Garage, "city/garage-1/onvif-mj/VideoAnalytics"),
        (Garage, "city/garage-1/onvif-ej/RuleEngine/Recognition/LicensePlate/&1"),
        (Garage, "city/garage-1/onvif-ej/RuleEngine/Recognition/Face/&1"),
        (Garage, "city/garage-1/onvif-ej/Monitoring/GeoLocation"),
        (Garage, "city/garage-1/onvif-ej/Configuration/Credential/Changed"),
        (Node, "spBv1.0/STATE/registry"),
        (Node, "spBv1.0/Harbor/NCMD/bridge-edge"),
        (Node, "spBv1.0/Harbor/DCMD/bridge-edge/traffic-1"),
        (Bridge, "amcrest2mqtt/000000001/event"),
        (Bridge, "amcrest2mqtt/000000001/human"),
        (Bridge, "amcrest2mqtt/000000001/doorbell"),
    ];

    /// <summary>Made by sparkplug-payload 1.0.3 of Eclipse Tahu, so that the bytes of another encoder are read: bdSeq 0, seq 0.</summary>
    public const string TahuNodeBirth =
        "088098c68bab33120b0a05626453657120085800121a0a144e6f646520436f6e74726f6c2f52656269727468200b700012260a1350726f7065727469"
        + "65732f4f70657261746f72200c7a0d43616e61727920506572736f6e1800";

    /// <summary>
    /// Seq 1: Video/Mode (alias 11) recorded, Health (13) 0, Firmware (14) 4.2.1, and two names that no profile asks for.
    /// </summary>
    public const string TahuDeviceBirth =
        "088198c68bab33121a0a0a566964656f2f4d6f6465100b200c7a087265636f7264656412100a08417564696f2f4f6e100c200b7000120e0a06486561"
        + "6c7468100d2003500012150a084669726d77617265100e200c7a05342e322e3112190a0a4c6173742f506c617465100f200c7a0743414e4152593118"
        + "01";

    /// <summary>Seq 2: alias 11 live, and an alias that no profile asks for.</summary>
    public const string TahuData = "088298c68bab33120a100b200c7a046c697665120d100f200c7a0743414e415259321802";

    /// <summary>bdSeq 0.</summary>
    public const string TahuDeath = "088398c68bab33120b0a05626453657120085800";

    public const string Stats = """
        {"cameras":{"lobby_north":{"camera_fps":5.1,"process_fps":5.1,"skipped_fps":0.0,
        "detection_fps":0.3,"detection_enabled":true,"pid":31,"connection_quality":"fair","expected_fps":5,
        "reconnects_last_hour":1,"stalls_last_hour":0,"audio_rms":12.5,"audio_dBFS":-40.2},
        "backyard":{"camera_fps":5.0,"connection_quality":"excellent"}},
        "detectors":{"cpu":{"inference_speed":11.2}},"service":{"uptime":86400,"version":"0.16.2",
        "latest_version":"0.16.2","last_updated":1763913599,"storage":{"/media":{"total":1.5,"mount_type":"ext4"}}}}
        """;

    public static VendorStateMachine Session(string profile, long connection = Connection) =>
        new(Tables[profile], id => Devices.FirstOrDefault(device => device.Id == id), connection);

    public static VendorAnswer Take(this VendorStateMachine session, string topic, string payload, bool isRetained = false) =>
        session.Handle(topic, Sequence(payload), isRetained, Now);

    public static VendorAnswer Take(this VendorStateMachine session, Golden golden) =>
        session.Handle(golden.Topic, new ReadOnlySequence<byte>(golden.Payload), false, Now);

    public static ReadOnlySequence<byte> Sequence(string payload) => new(Encoding.UTF8.GetBytes(payload));

    /// <summary>A Sparkplug payload: fields by their numbers, each with its value.</summary>
    public static byte[] Sparkplug(int? seq, params byte[][] metrics)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteUInt64((ulong)Now.ToUnixTimeMilliseconds());
            foreach (var metric in metrics)
            {
                output.WriteTag(2, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(metric));
            }

            if (seq is { } number)
            {
                output.WriteTag(3, WireFormat.WireType.Varint);
                output.WriteUInt64((ulong)number);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A metric with a name, an alias or both.</summary>
    public static byte[] Metric(string? name, object? value, ulong? alias = null, bool isHistorical = false)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            if (name is not null)
            {
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteString(name);
            }

            if (alias is { } number)
            {
                output.WriteTag(2, WireFormat.WireType.Varint);
                output.WriteUInt64(number);
            }

            if (isHistorical)
            {
                output.WriteTag(5, WireFormat.WireType.Varint);
                output.WriteBool(true);
            }

            switch (value)
            {
                case null:
                    output.WriteTag(7, WireFormat.WireType.Varint);
                    output.WriteBool(true);
                    break;
                case bool flag:
                    output.WriteTag(14, WireFormat.WireType.Varint);
                    output.WriteBool(flag);
                    break;
                case int whole:
                    output.WriteTag(10, WireFormat.WireType.Varint);
                    output.WriteUInt32((uint)whole);
                    break;
                case string text:
                    output.WriteTag(15, WireFormat.WireType.LengthDelimited);
                    output.WriteString(text);
                    break;
                case byte[] raw:
                    output.WriteTag(16, WireFormat.WireType.LengthDelimited);
                    output.WriteBytes(ByteString.CopyFrom(raw));
                    break;
            }
        }

        return bytes.ToArray();
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SurveillanceRegistry.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside the checkout.");
        return folder;
    }
}
