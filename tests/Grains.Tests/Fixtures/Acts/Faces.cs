using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

/// <summary>A public face says less than a device does, or is more certain than the registry.</summary>
internal sealed class FaceException(string message) : Exception(message);

/// <summary>Compares every public face of a city with the models of its devices.</summary>
internal static class Faces
{
    /// <summary>A fact as the signed notice states it.</summary>
    private readonly record struct Stated(string Technology, Capture Capture, Mode Mode, FactCertainty Certainty, string? Fleet);

    /// <summary>What a device makes or may be making at a place; the mode is null where it is not known.</summary>
    private readonly record struct Made(DeviceModel Model, Capture Capture, Mode? Certain);

    public static async Task CheckAsync(RestartableCity city, ActingCity acting)
    {
        foreach (var place in acting.Places)
            await CheckPlaceAsync(city, acting, place.Id);
        Device[] devices = [.. acting.Models.Select(model => model.Device)];
        var listed = await city.Reader.ObserveAsync(devices, TestContext.Current.CancellationToken);
        foreach (var (model, one) in acting.Models.Zip(listed))
        {
            CheckDevice(acting, model, one.Last, "the list of devices");
            var described = (await city.Grains.Device(model.Device.Id).Describe())!;
            Require(Equals(described.Device, model.Device), $"The answer for {model.Device.Id} is of an older register entry.");
            CheckDevice(acting, model, described.Last, "the answer for the device");
        }
    }

    /// <summary>While the registry cannot observe, no device is heard. A place hands out no notice, or one without certainty.</summary>
    public static async Task CheckOutageAsync(RestartableCity city, ActingCity acting)
    {
        Require(city.CannotObserve, "The registry says that it observes, and it cannot.");
        foreach (var model in acting.Models)
        {
            var last = await city.Grains.Device(model.Device.Id).LastObservation();
            Require(last is not { IsHeard: true }, $"{model.Device.Id} is called heard during an outage.");
        }

        foreach (var place in acting.Places)
        {
            try
            {
                var notice = (await city.Grains.Place(place.Id).Describe())!.Notice;
                using var payload = JsonDocument.Parse(notice.PayloadBytes());
                CheckReported(acting, place.Id, Read(payload.RootElement), MadeAt(acting, place.Id));
            }
            catch (IOException)
            {
                // No notice at all: its screens fall to the worst case.
            }
        }
    }

    private static async Task CheckPlaceAsync(RestartableCity city, ActingCity acting, string place)
    {
        var described = (await city.Grains.Place(place).Describe())!;
        using var payload = JsonDocument.Parse(described.Notice.PayloadBytes());
        var (now, worst) = (Read(payload.RootElement), Read(payload.RootElement.GetProperty("worst")));
        var made = MadeAt(acting, place);
        foreach (var one in made)
            CheckMade(described, place, one, now, worst);
        CheckReported(acting, place, now, made);
        foreach (var capture in place == acting.Places[0].Id ? [Capture.Video, Capture.Audio] : Array.Empty<Capture>())
            Require(now.Any(fact => fact.Fleet == acting.Fleet && fact.Capture == capture), $"{place} lacks the fleet's {capture}.");
    }

    private static Made[] MadeAt(ActingCity acting, string place) =>
        [
            .. acting.Models.SelectMany(model =>
                model.CapturesAt(place, acting.Now).Select(capture => new Made(model, capture.Capture, capture.Certain))
            ),
        ];

    /// <summary>
    /// Nothing is certain that is not known of a heartbeat within its deadline. Its captures may count until the next one also when a
    /// person has confirmed meanwhile that the device lacks them.
    /// </summary>
    private static void CheckReported(ActingCity acting, string place, Stated[] now, Made[] made)
    {
        foreach (var fact in now.Where(fact => fact.Certainty is FactCertainty.Reported))
        {
            var same = made.Where(one => one.Model.Device.Technology == fact.Technology && one.Capture == fact.Capture);
            var known = same.Max(one => one.Certain);
            var here = acting.Models.Where(model => model.Device.Place == place && model.Device.Technology == fact.Technology);
            var isReported = known == fact.Mode || here.Any(model => model.Certain(fact.Capture, acting.Now) == fact.Mode);
            Require(isReported, $"{place} states as reported: {fact}. Known is {known?.ToString() ?? "nothing"}.");
        }
    }

    private static void CheckMade(Grains.Places.PlaceDescription described, string place, Made one, Stated[] now, Stated[] worst)
    {
        var device = one.Model.Device;
        var same = now.Where(fact => fact.Fleet is null && fact.Technology == device.Technology && fact.Capture == one.Capture).ToArray();
        // A device that flaps counts as not heard.
        var covering = described.Covering.FirstOrDefault(known => known.Device.Id == device.Id);
        var isFlapping = covering?.Last is { Evidence: Evidence.Flapping } && one.Model.Returns > DevicePresence.MaxReturns;
        var certain = isFlapping ? null : one.Certain;
        var isStated = certain switch
        {
            Mode.Off => true,
            { } mode => same.Any(fact => fact.Certainty is FactCertainty.Reported && fact.Mode >= mode),
            null => IsPossible(same),
        };
        isStated |= one.Model.IsOrderInDoubt && IsPossible(same);
        var what =
            $"{device.Id} ({device.Lifecycle} at {device.Place}, {string.Join(", ", device.Sensors)}) "
            + $"{(certain is { } known ? "reports " + known : "may be recording")}: {one.Capture}";
        Require(isStated, $"{place} does not state that {what}. It states: {string.Join(", ", same)}.");
        Require(
            worst.Any(fact => fact.Technology == device.Technology && fact.Capture == one.Capture),
            $"The worst case of {place} does not state that {what}."
        );
        Require(covering is { IsInScope: true }, $"The list of devices at {place} does not count {device.Id}.");
    }

    private static bool IsPossible(Stated[] same) => same.Any(fact => fact is { Certainty: FactCertainty.Unknown, Mode: Mode.Recorded });

    private static void CheckDevice(ActingCity acting, DeviceModel model, DeviceObservation? last, string face)
    {
        if (last is not { IsHeard: true })
            return;
        Require(model.IsHeard(acting.Now), $"By {face}, {model.Device.Id} is {last.Presence}, and it was not heard.");
        foreach (var capture in last.Capture.Captures)
        {
            var known = model.Certain(capture, acting.Now);
            var stated = last.Capture[capture];
            Require(known == stated, $"By {face}, {capture} of {model.Device.Id} is {stated}, known is {known}.");
        }
    }

    private static bool Equals(Device one, Device other) =>
        one.Sensors.SequenceEqual(other.Sensors) && WithoutLists(one) == WithoutLists(other);

    private static Device WithoutLists(Device device) => device with { Sensors = default, Number = 0 };

    private static Stated[] Read(JsonElement body) =>
        [
            .. body.GetProperty("facts")
                .EnumerateArray()
                .Select(fact => new Stated(
                    fact.GetProperty("technology").GetString()!,
                    Word<Capture>(fact.GetProperty("capture")),
                    Word<Mode>(fact.GetProperty("mode")),
                    Word<FactCertainty>(fact.GetProperty("certainty")),
                    fact.TryGetProperty("fleet", out var fleet) ? fleet.GetString() : null
                )),
        ];

    private static T Word<T>(JsonElement word)
        where T : struct, Enum =>
        Json.TryWord<T>(word.GetString(), out var value) ? value : throw new FormatException($"'{word}' is no {typeof(T).Name}.");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new FaceException(otherwise);
    }
}
