"""The demo's words in English."""

from web.demo import shapes

LANGUAGE: str = "en"

FUNDS: dict[str, tuple[str, str]] = {
    "GEN": ("Where it is needed most", "Goes to the part of the work that needs it most."),
    "RSC": (
        "Family rescue",
        "Brings families to safety together, and helps the next one when one is complete.",
    ),
    "SAF": ("Safe house", "Food, rest, care and teaching for people who have just arrived."),
    "CTR": ("Community center", "Two buildings built with the people who now meet in them."),
    "BEG": (
        "Beginning again in Korea",
        "Lessons, rent and company for people in their first years in Korea.",
    ),
    "WRK": (
        "Workers and their families",
        "Supports our workers and their families. The mission decides how each gift is used.",
    ),
}

CAMPAIGNS: dict[str, shapes.Campaign] = {
    "family": {
        "title": "Bring a family of three out together",
        "tag": "Families together",
        "sentence": "A mother will not leave without her children. We plan for all three or not at all.",
        "lead": "Your gift goes to this group first. If it is fully funded, it helps the next one.",
        "body": (
            "Three people are waiting: a mother and her two children. We will not ask her to choose "
            "between them, so we plan one journey for all three.\n\n"
            "We report in money and in numbers of people who are safe, each quarter and after a delay. We "
            "never tell names, places, ways or days of travel, because people's lives depend on it.\n\n"
            "When they arrive, they rest at the safe house, learn, and begin again with people who stay "
            "beside them."
        ),
        "terms": "If this group cannot travel, your gift helps the next one.",
        "why_harder": (
            "New laws have made it dangerous to help people in hiding, so fewer guides are willing.\n"
            "Journeys take longer and need more careful steps.\n"
            "The cost of one person's journey has risen tenfold since 2010."
        ),
        "surplus": "Anything given above the goal helps the next family that is waiting.",
    },
    "safe-house": {
        "title": "Safe house",
        "tag": "Every month",
        "sentence": "Food, rest and teaching for people who have just arrived. It runs on monthly gifts.",
        "lead": "Your gift gives people who have just arrived food, rest and a place to begin again.",
        "body": (
            "The first weeks after a long journey are for sleeping, eating and being listened to. After "
            "that come lessons, worship and plans for a new life.\n\n"
            "A home cannot run on surprises. Monthly gifts let us keep the doors open and say yes when "
            "somebody arrives at night."
        ),
        "terms": (
            "If the safe house must move or close for a time, your gift keeps its purpose: care after "
            "arrival."
        ),
        "why_harder": "",
        "surplus": "What is left at the end of a month is kept for the months when more people arrive.",
    },
    "community-center": {
        "title": "Community center",
        "tag": "Finished",
        "sentence": (
            "Two buildings, built with the people who now meet there. Three years of work, completed."
        ),
        "lead": "This project is complete and closed to new gifts. Thank you.",
        "body": (
            "When travel stopped, we asked what could be done while we waited. The answer was to "
            "build.\n\n"
            "For three years, people who had once arrived with nothing laid foundations, raised walls and "
            "planted a garden beside our team. The work was slow and there were hard months. It was "
            "finished in the season when journeys could begin again.\n\n"
            "Today the two buildings hold worship, lessons and a shared kitchen."
        ),
        "terms": "This project is complete; it takes no new gifts.",
        "why_harder": "",
        "surplus": "What was left over keeps the buildings in repair.",
    },
    "workers": {
        "title": "Workers and their families",
        "tag": "Every month",
        "sentence": "The people who open the door at night have families too. Stand with them.",
        "lead": "Your gift helps our workers stay in this work, and cares for their families.",
        "body": (
            "Our workers carry a quiet weight: long absences, little sleep, and stories they cannot tell. "
            "This fund pays for health care, rest and schooling.\n\n"
            "Gifts to this fund are not set aside for any one worker. The mission decides where they are "
            "needed most."
        ),
        "terms": (
            "The mission decides how gifts to this fund are used; they are not set aside for one worker."
        ),
        "why_harder": "",
        "surplus": "What is not needed this year supports workers in the next.",
    },
    "general": {
        "title": "Where it is needed most",
        "tag": "",
        "sentence": "Let us use your gift for whatever is most pressing this week.",
        "lead": "Your gift goes to the part of the work that needs it most right now.",
        "body": (
            "Some weeks a family is ready to leave. Some weeks the roof of the safe house leaks. A gift "
            "without a condition lets us answer what the day brings.\n\n"
            "Every year we publish how these gifts were used."
        ),
        "terms": "Your gift is used where it is needed most within our work.",
        "why_harder": "",
        "surplus": "",
    },
    "beginning-again": {
        "title": "Beginning again in Korea",
        "tag": "Our sister body in Seoul",
        "sentence": "The first years in a new country are long. Our sister body in Seoul walks them with people.",
        "lead": "Your gift goes to our sister body in Seoul: lessons, rent and company for the first years.",
        "body": (
            "Whoever arrives has a room, a bank book and a timetable, and knows nobody. Volunteers of our "
            "sister body visit every week, help with lessons and sit beside people in waiting rooms.\n\n"
            "It is a Korean organization of its own. Gifts on this page are given to it, in won, and its "
            "receipts follow Korean law."
        ),
        "terms": "If this work must stop, your gift helps people in their first years in Korea in another way.",
        "why_harder": "",
        "surplus": "What is not needed this month is kept for the months in which more people arrive.",
    },
}

COST_HEADS: tuple[str, ...] = (
    "Guides and transport",
    "Food and lodging",
    "Emergencies",
    "Rest and first weeks",
)

PHASES: tuple[tuple[str, str], ...] = (
    ("Ground and foundations", "The ground was leveled and the foundations of both buildings were laid."),
    ("First building", "The hall for worship and meals was raised and roofed."),
    ("Second building", "Classrooms and the shared kitchen were finished, and the garden was planted."),
)

LETTERS: tuple[shapes.Letter, ...] = (
    {
        "title": "Two buildings and an open door",
        "greeting": "Hallelujah! We pray that the God of peace is with you all.",
        "body": (
            "This week our community is in the garden, planting seeds and preparing for a new season.\n\n"
            "Many of you have asked about the community center, so I will tell you how it came to be. I "
            "have served in this work since 2000, and my main goal is to share the gospel with the people "
            "we meet. When the pandemic came, journeys stopped, and it was a hard time for everyone. In "
            "prayer I understood that this was a time to share the gospel with those who were already "
            "with us. And so we began to build, together with them.\n\n"
            "For three years building was difficult, yet God's plan was exact. The two buildings were "
            "finished when the pandemic ended, and we could begin to bring people to safety again at "
            "once.\n\n"
            "Those who arrive are nurtured at the safe house. Our hope is that they become leaders "
            "through the gospel, and that they are supported as they settle into a new life. One helps "
            "the next, and we pray that this good circle goes on.\n\n"
            "I am now preparing to visit churches in the United States. Through God's grace and your help "
            "many meetings are arranged, and some days are still open; you will find them on the tour "
            "page. We also hope to return in the fall. If you would like to pray and talk with me, please "
            "write to us."
        ),
        "closing": "In Jesus' Name, Amen",
        "points": (
            "Heavenly Father, we pray that those who have come to safety will accept the gospel and "
            "become leaders in mission.",
            "Protect the people who suffer without knowing You, and open the doors so that they can hear "
            "the good news.",
            "We pray that only Your will be done during our visit to the United States.",
            "Lord, bless our ministers, that they may serve with the gospel alone.",
        ),
        "answered": "",
    },
    {
        "title": "No family left apart",
        "greeting": "Hallelujah! I pray that the God of peace is with you.",
        "body": (
            "Through your prayers many lives have been saved and the gospel has been shared. Thank "
            "you.\n\n"
            "Last year a new law made it far more dangerous to help people in hiding. Some who helped "
            "were detained, and more people are being found and sent back. Because of this, more of them "
            "are asking us for a way out.\n\n"
            "What waits for those who are sent back has become so severe that some, when they are found, "
            "would rather end their lives. It breaks our hearts to write this. They are not numbers to "
            "us, and we do not believe that any of them is beyond hope.\n\n"
            "The cost of one journey has grown tenfold. There are mothers who cannot leave because there "
            "is not enough for their children to come as well, and others who live a life they never "
            "chose. We have decided that we will not separate families: we plan for all of them together, "
            "or we wait until we can.\n\n"
            "We are looking for new, safe ways, and in this hard time people have still come to safety. "
            "We invite you to join us in saving lives that are more precious than the world. Please pray "
            "with us, and work with us."
        ),
        "closing": "In Jesus' Name, Amen",
        "points": (
            "Have mercy on those who are dying without having heard of Jesus Christ. Grant us what we "
            "need to share the gospel and to help them.",
            "God, please guide us as we look for new and safe ways.",
            "Help those newly arrived to rest, to hear the gospel and accept Jesus, and to become leaders "
            "in Your kingdom.",
            "Anoint the families and ministries of our workers, and help them to look to Jesus Christ alone.",
        ),
        "answered": "The first group is resting.",
    },
)

TOURS: dict[str, str] = {"spring": "Spring tour", "fall": "Fall tour"}
STOPS: tuple[str, ...] = ("DC and Virginia", "Atlanta and Ohio", "California")
