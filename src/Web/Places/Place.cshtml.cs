using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Places;

/// <summary>One place: its whole notice, the devices that it covers and the screens that show it.</summary>
public sealed class PlaceModel(IPlaceRegister places, IInventoryRegister<Place> versions, IGrainFactory grains, TimeProvider time)
    : PresentPage(time)
{
    /// <summary>The items of the first layer that the page lists, in order.</summary>
    internal static readonly string[] Items = ["why", "who", "rule", "retention", "access", "rights", "surprise", "area", "scope"];

    private GovernanceSnapshot _governance = null!;

    public PlaceDescription Place { get; private set; } = null!;

    /// <summary>The language of names and addresses: the city's first.</summary>
    public string NamesLanguage => _governance.City.Languages[0];

    public string IssuedAt => Language.Time(Place.Notice.IssuedAt);

    /// <summary>The page of the fleet or the technology that a fact is about.</summary>
    public string Source(NoticeFact fact) =>
        fact.Fleet is { } fleet ? $"/fleets/{fleet}{Language.Query}" : $"/technologies/{fact.Technology}";

    /// <summary>The page of the past of the place, with what the address asks for.</summary>
    private string HistoryAddress => $"{Request.Path}/history{Request.QueryString}";

    private protected override string? PastAddress => HistoryAddress;

    internal Policies.Text.RegistryLinks Links => new(_governance, "");

    internal DeviceText Text => new(Language.Wording);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken)
    {
        _governance = await grains.Governance();
        if (await places.DescribeAsync(id, grains, cancellationToken) is not { } place)
            return await versions.FindAsync(id, null, cancellationToken) is null ? NotFound() : Redirect(HistoryAddress);
        Place = place;
        Language = PageLanguage.For(_governance, Spoken(QueryParameters.Language(Request.Query, _governance.City)));
        return Page();
    }

    /// <summary>The language asked for, or the first that the notice has: a notice signed before a language was added lacks it.</summary>
    private string Spoken(string requested)
    {
        var languages = Place.Content.Now.Languages;
        return languages.ContainsKey(requested) ? requested : languages.Keys.First();
    }
}
