using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Search;

/// <summary>What can be found, in the order in which equally good finds are shown. There is no single mobile device among it.</summary>
public enum SearchKind
{
    Place,
    Screen,
    Fleet,
    Technology,
    Instrument,
    Device,

    /// <summary>For staff only.</summary>
    Change,
}

/// <summary>A text of a subject, by the word of its field.</summary>
public sealed record SearchField(string Field, string Text);

/// <summary>One thing that can be found, with its texts; the most telling one first.</summary>
public sealed record SearchSubject(SearchKind Kind, string Id, string Name, ImmutableArray<SearchField> Fields)
{
    public static SearchSubject Of(Place place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return new(
            SearchKind.Place,
            place.Id,
            place.Name,
            Present(("name", place.Name), ("address", place.Address), ("area", place.Area), ("id", place.Id))
        );
    }

    public static SearchSubject Of(Kiosk screen)
    {
        ArgumentNullException.ThrowIfNull(screen);
        return new(SearchKind.Screen, screen.Id, screen.Id, Present(("id", screen.Id), ("place", screen.Place)));
    }

    public static SearchSubject Of(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return new(
            SearchKind.Fleet,
            fleet.Id,
            fleet.DisplayName,
            Present(("name", fleet.DisplayName), ("id", fleet.Id), ("department", fleet.Department))
        );
    }

    /// <summary>A fixed device. A mobile one has no subject.</summary>
    public static SearchSubject? Of(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Fleet is not null
            ? null
            : new(
                SearchKind.Device,
                device.Id,
                device.Id,
                Present(
                    ("id", device.Id),
                    ("asset-number", device.AssetNumber),
                    ("vendor", device.Vendor),
                    ("model", device.Model),
                    ("place", device.Place),
                    ("kind", device.Kind),
                    ("department", device.Department)
                )
            );
    }

    public static SearchSubject Of(Technology technology)
    {
        ArgumentNullException.ThrowIfNull(technology);
        return new(
            SearchKind.Technology,
            technology.Id,
            technology.Name.Trim(),
            Present(("name", technology.Name.Trim()), ("id", technology.Id), ("purpose", technology.Purpose))
        );
    }

    /// <summary>An instrument with what all of its versions say.</summary>
    public static SearchSubject Of(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        var texts =
            from version in instrument.Versions.Reverse()
            from field in (IEnumerable<SearchField>)
                [new("title", version.Title), .. from rule in version.Rules from text in TextsOf(rule) select new SearchField("text", text)]
            select field;
        return new(
            SearchKind.Instrument,
            instrument.Id,
            instrument.Citation,
            [
                new("citation", instrument.Citation),
                new("id", instrument.Id),
                new("authority", instrument.Authority),
                .. texts.DistinctBy(field => field.Text, StringComparer.Ordinal),
            ]
        );
    }

    /// <summary>A change request, for staff.</summary>
    public static SearchSubject Of(ChangeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new(SearchKind.Change, id, $"Change request {id}", Present(("number", id), ("reason", request.Proposal.Reason)));
    }

    /// <summary>The subjects of the law as it is known now.</summary>
    public static IEnumerable<SearchSubject> OfLaw(GovernanceSnapshot governance)
    {
        ArgumentNullException.ThrowIfNull(governance);
        return governance.Table.Technologies.Select(Of).Concat(governance.Table.Instruments.Select(Of));
    }

    private static IEnumerable<string> TextsOf(Rule rule) =>
        ((IEnumerable<string?>)[rule.Note, rule.Sharing, .. rule.Purposes, .. rule.ProhibitedUses]).OfType<string>();

    private static ImmutableArray<SearchField> Present(params ReadOnlySpan<(string Field, string? Text)> fields)
    {
        var found = ImmutableArray.CreateBuilder<SearchField>(fields.Length);
        foreach (var (field, text) in fields)
            if (!string.IsNullOrWhiteSpace(text))
                found.Add(new SearchField(field, text));
        return found.ToImmutable();
    }
}
