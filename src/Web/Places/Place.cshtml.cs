using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Places;

/// <summary>One place: its notice in full, and what it rests on.</summary>
public sealed class PlaceModel(IPlaceRegister places, IGrainFactory grains) : PageModel
{
    private static readonly Dictionary<string, string[]> LabelsOf = new(StringComparer.Ordinal)
    {
        ["en"] =
        [
            "Why",
            "Who is responsible",
            "Under which rule",
            "How long it is kept",
            "Ask for recordings",
            "Your rights",
            "You may not expect",
            "What this covers",
            "Scope",
        ],
        ["es"] =
        [
            "Por qué",
            "Quién responde",
            "Según qué norma",
            "Cuánto tiempo se conserva",
            "Pedir grabaciones",
            "Sus derechos",
            "Lo que quizá no espera",
            "Qué abarca",
            "Alcance",
        ],
    };

    private static readonly string[] Items = ["why", "who", "rule", "retention", "access", "rights", "surprise", "area", "scope"];

    private GovernanceSnapshot _governance = null!;

    internal Policies.Text.RegistryLinks Links => new(_governance, "");

    public PlaceDescription Place { get; private set; } = null!;

    public string Language { get; private set; } = "";

    public IEnumerable<(string Item, string Label)> Labels => Items.Zip(LabelsOf.GetValueOrDefault(Language, LabelsOf["en"]));

    public string IssuedAt => Time(Place.Notice.IssuedAt);

    /// <summary>The name of the second layer.</summary>
    public string More => In("Rules, authorities and devices in detail", "Normas, autoridades y dispositivos en detalle");

    /// <summary>
    /// What a printed page adds, for paper does not change when a device begins to record: when it was true, and the worst that it can have
    /// become.
    /// </summary>
    public string OnPaper
    {
        get
        {
            var can = Words.Of(Place.Content.Worst.Facts.Select(fact => fact.Capture).Distinct());
            return In($"Printed; it stood so at {IssuedAt}.", $"Impreso; así era el {IssuedAt}.")
                + (
                    can.Length == 0
                        ? ""
                        : In(
                            $" More may be recorded by now: the devices here can record {can}.",
                            $" Ahora puede grabarse más: los dispositivos de este lugar pueden grabar {can}."
                        )
                );
        }
    }

    public string NotReviewed =>
        Language == "es"
            ? "Ningún traductor cualificado ha revisado esta traducción. · This translation has not been reviewed by a qualified translator."
            : "This translation has not been reviewed by a qualified translator.";

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken)
    {
        _governance = await grains.Governance();
        if (await places.DescribeAsync(id, grains, cancellationToken) is not { } place)
            return NotFound();
        Place = place;
        Language = QueryParameters.Language(Request.Query, _governance.City);
        return Page();
    }

    /// <summary>An instant in the city's own time, in the words of the language.</summary>
    public string Time(DateTimeOffset? at) =>
        at is { } instant
            ? _governance.Wordings.First(wording => wording.Language == Language).Time(_governance.City.LocalTime(instant))
            : In("never", "nunca");

    internal DeviceText Words => DeviceText.In(_governance, Language);

    /// <summary>The language that the page itself speaks around the notice: English where the words of the page are in no other.</summary>
    public string Around => LabelsOf.ContainsKey(Language) ? Language : "en";

    /// <summary>What the page says around the notice.</summary>
    public string In(string english, string spanish) => Language == "es" ? spanish : english;

    /// <summary>A language's own name.</summary>
    public static string NameOf(string language) =>
        System.Globalization.CultureInfo.GetCultureInfo(language).NativeName is var name
            ? char.ToUpperInvariant(name[0]) + name[1..]
            : language;
}
